//! The commands as people type them.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    admin, agreement, authorization, bench, calls, client, clock, completions, delivery, dev, doctor, erase,
    key, listen, merchant, migrate, outcome, payment, rates, serve, verify, wallet, world,
};
use crate::logging::LogArgs;

/// A payment gateway in one binary
///
/// Exit codes: 0 done, 1 it failed, 2 wrong usage; payment commands also 3 for an answer F and 4 for an answer U or an
/// outcome that is not known.
#[derive(Parser, Debug)]
#[command(name = "farthing", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) logging: LogArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A command.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run a sandbox on this machine
    Dev(dev::DevArgs),
    /// Run a gateway in production
    Serve(serve::ServeArgs),

    /// Take a payment
    Pay(calls::pay::PayArgs),
    /// Ask what became of a payment
    Inquire(calls::inquire::InquireArgs),
    /// Call a payment off
    Cancel(calls::cancel::CancelArgs),
    /// Give money of a payment back
    Refund(calls::refund::RefundArgs),
    /// Ask what became of a refund
    InquireRefund(calls::inquire_refund::InquireRefundArgs),
    /// Take a part or the whole of an authorized payment
    Capture(calls::capture::CaptureArgs),
    /// Ask a user to agree to debits
    Consult(calls::consult::ConsultArgs),
    /// Turn a code, or a refresh token, into tokens
    ApplyToken(calls::apply_token::ApplyTokenArgs),
    /// Take an agreement back by its access token, as the merchant
    Revoke(calls::revoke::RevokeArgs),
    /// Sign a request and print it, without sending it
    Sign(calls::sign::SignArgs),
    /// Say why a signature does not verify, or what is wrong with a key
    ///
    /// Exit codes: 0 the signature verifies or the key can be used, 1 it does not, 2 wrong usage.
    Doctor(doctor::DoctorArgs),
    /// Receive notifications of every dialect, verify and print them, and acknowledge or forward them
    Listen(listen::ListenArgs),

    /// Merchants: standing and contracts
    #[command(subcommand)]
    Merchant(merchant::MerchantCommand),
    /// Wallets: users, balances and limits
    #[command(subcommand)]
    Wallet(wallet::WalletCommand),
    /// Clients: by which a merchant's systems speak, and their keys
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// The gateway's own signing keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Requests that a user agrees to debits
    #[command(subcommand)]
    Authorization(authorization::AuthorizationCommand),
    /// What users agreed to
    #[command(subcommand)]
    Agreement(agreement::AgreementCommand),
    /// Exchange rates
    #[command(subcommand)]
    Rates(rates::RatesCommand),
    /// What a sandbox answers: every code there is, and rules for calls without an id
    #[command(subcommand)]
    Outcome(outcome::OutcomeCommand),
    /// Payments and what happened to them
    #[command(subcommand)]
    Payment(payment::PaymentCommand),
    /// Notifications on their way to merchants
    #[command(subcommand)]
    Delivery(delivery::DeliveryCommand),
    /// Worlds of a sandbox, each with a clock of its own
    #[command(subcommand)]
    World(world::WorldCommand),
    /// The clock of a sandbox
    Clock(clock::ClockArgs),

    /// People who may use the admin side, with roles, and what they did
    ///
    /// A viewer reads. An operator also acts on payments, deliveries, users and wallets. An admin also changes the
    /// configuration: merchants, clients, keys, rates, people. A person comes in by a password in a browser, and by a
    /// personal token in commands and scripts: --token-file FILE, or FARTHING_ADMIN_TOKEN_FILE.
    #[command(subcommand)]
    Admin(admin::AdminCommand),

    /// Take the data of people out of what is kept; the books stay provable
    Erase(erase::EraseArgs),
    /// Bring the schema of a database up to that of this program
    Migrate(migrate::MigrateArgs),
    /// Prove the books, also beside a running gateway
    Verify(verify::VerifyArgs),
    /// Measure this program on this machine
    Bench(bench::BenchArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
}

impl Command {
    /// Whether this is a server, which runs until it is stopped and logs what it does.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self, Self::Dev(_) | Self::Serve(_))
    }

    /// Does it.
    ///
    /// # Errors
    /// One sentence about what was wrong, where, and what to do.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Dev(args) => dev::run(args).await,
            Self::Serve(args) => serve::run(args).await,
            Self::Pay(args) => calls::pay::run(&args).await,
            Self::Inquire(args) => calls::inquire::run(&args).await,
            Self::Cancel(args) => calls::cancel::run(&args).await,
            Self::Refund(args) => calls::refund::run(&args).await,
            Self::InquireRefund(args) => calls::inquire_refund::run(&args).await,
            Self::Capture(args) => calls::capture::run(&args).await,
            Self::Consult(args) => calls::consult::run(&args).await,
            Self::ApplyToken(args) => calls::apply_token::run(&args).await,
            Self::Revoke(args) => calls::revoke::run(&args).await,
            Self::Sign(args) => done(calls::sign::run(&args)),
            Self::Doctor(args) => doctor::run(&args),
            Self::Listen(args) => listen::run(&args).await,
            Self::Merchant(command) => done(merchant::run(&command).await),
            Self::Wallet(command) => done(wallet::run(&command).await),
            Self::Client(command) => done(client::run(&command).await),
            Self::Key(command) => done(key::run(&command).await),
            Self::Authorization(command) => done(authorization::run(&command).await),
            Self::Agreement(command) => done(agreement::run(&command).await),
            Self::Payment(command) => done(payment::run(&command).await),
            Self::Rates(command) => done(rates::run(&command).await),
            Self::Outcome(command) => done(outcome::run(&command).await),
            Self::Delivery(command) => done(delivery::run(&command).await),
            Self::World(command) => done(world::run(&command).await),
            Self::Clock(args) => done(clock::run(&args).await),
            Self::Admin(command) => done(admin::run(&command).await),
            Self::Erase(args) => done(erase::run(&args).await),
            Self::Migrate(args) => done(migrate::run(&args).await),
            Self::Verify(args) => verify::run(&args).await,
            Self::Bench(args) => bench::run(args).await,
            Self::Completions(args) => done(completions::run(&args)),
        }
    }
}

fn done(result: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    result.map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests;
