//! Users of the built-in wallet.

use farthing_core::ids::{UserId, WorldId};
use farthing_core::rows::{KycLevel, User, UserStatus};
use farthing_engine::mask_login;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::moments::moment;
use super::problem::Problem;
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    status: Option<UserStatus>,
    kyc: Option<KycLevel>,
}

#[derive(Serialize)]
struct UserView {
    user_id: UserId,
    world_id: WorldId,
    login_masked: String,
    status: UserStatus,
    kyc: KycLevel,
    created_at: String,
}

fn view(user: User) -> UserView {
    UserView {
        user_id: user.user_id,
        world_id: user.world_id,
        login_masked: mask_login(&user.login_id),
        status: user.status,
        kyc: user.kyc,
        created_at: moment(user.created_at),
    }
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ok(&view(named(&call).await?)))
}

pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let body: ChangeBody = call.body()?;
    let _changing = call.app.changing.lock().await;
    let before = named(&call).await?;
    let mut user = before.clone();
    user.status = body.status.unwrap_or(user.status);
    user.kyc = body.kyc.unwrap_or(user.kyc);
    call.engine().change_user(&call.actor(), before, user.clone()).await?;
    Ok(Reply::ok(&view(user)))
}

async fn named(call: &Call) -> Result<User, Problem> {
    let user_id = UserId::new(call.path("user_id"));
    let found = call.engine().user(&user_id).await?;
    found.ok_or_else(|| Problem::not_found(format_args!("user {user_id}")))
}
