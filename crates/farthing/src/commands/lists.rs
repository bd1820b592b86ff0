//! Lists of the admin API: in parts for people, and whole where one thing is looked for.

use clap::Args;
use farthing_client::{AdminClient, escape_segment};
use farthing_engine::demo::DEMO_MERCHANT;
use serde_json::Value;

use crate::exit::{say, usage};
use crate::output::OutputArgs;
use crate::table::{self, Column};

/// Which part of a list.
#[derive(Args, Clone, Debug)]
pub(crate) struct PartArgs {
    /// How many items at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Go on after this place, which the part before named
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
}

/// Reads one part of the list at `path` and prints it. `filters` with a value become the query.
///
/// # Errors
/// Those of the admin API and of printing.
pub(crate) async fn print_part(
    admin: &AdminClient,
    output: OutputArgs,
    path: &str,
    filters: &[(&str, Option<&str>)],
    part: &PartArgs,
    columns: &[Column],
) -> anyhow::Result<()> {
    let limit = part.limit.to_string();
    let paging = [("limit", Some(limit.as_str())), ("after", part.after.as_deref())];
    let answer = admin.read(&with_query(path, filters.iter().chain(&paging))).await?;
    output.print(&answer, |answer| table::list(answer, columns))?;
    if let Some(next) = answer["next"].as_str().filter(|_text| !output.json) {
        say(&format!("there is more: add --after {}", crate::output::plain(next)));
    }
    Ok(())
}

fn with_query<'a>(path: &str, parameters: impl Iterator<Item = &'a (&'a str, Option<&'a str>)>) -> String {
    let given =
        parameters.filter_map(|(name, value)| value.map(|value| format!("{name}={}", escape_segment(value))));
    let query: Vec<String> = given.collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The merchant that is meant: the one named, the only one there is, or that of the demo.
///
/// # Errors
/// Those of the admin API; a wrong usage when there is none or more than one.
pub(crate) async fn the_merchant(admin: &AdminClient, named: Option<&str>) -> anyhow::Result<String> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let merchants = find_all(admin, "/merchants", |_any| true).await?;
    let ids: Vec<&str> = merchants.iter().filter_map(|merchant| merchant["merchant_id"].as_str()).collect();
    match ids.as_slice() {
        [only] => Ok((*only).to_owned()),
        ids if ids.contains(&DEMO_MERCHANT) => Ok(DEMO_MERCHANT.to_owned()),
        [] => Err(usage("there is no merchant yet; make one with: farthing merchant add")),
        _ => Err(usage("there are several merchants; say which one is meant with --merchant ID")),
    }
}

/// All items of a list that fit, in its order.
///
/// # Errors
/// Those of the admin API.
pub(crate) async fn find_all(
    admin: &AdminClient,
    path: &str,
    fits: impl Fn(&Value) -> bool,
) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let paging = [("limit", Some("500")), ("after", after.as_deref())];
        let mut answer = admin.read(&with_query(path, paging.iter())).await?;
        if let Value::Array(items) = answer["items"].take() {
            found.extend(items.into_iter().filter(|item| fits(item)));
        }
        match answer["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => return Ok(found),
        }
    }
}

/// The merchant of something that is known by its own id only: the one named, or the one in whose list it stands.
///
/// # Errors
/// Those of the admin API; when there is no such thing; a wrong usage when several merchants have one of this name.
pub(crate) async fn merchant_of(
    admin: &AdminClient,
    named: Option<&str>,
    list: &str,
    id_member: &str,
    id: &str,
) -> anyhow::Result<String> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let found = find_all(admin, list, |item| item[id_member].as_str() == Some(id)).await?;
    let merchants: Vec<&str> = found.iter().filter_map(|item| item["merchant_id"].as_str()).collect();
    match merchants.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => anyhow::bail!("nothing named {id} is in the list of {}", list.trim_start_matches('/')),
        _ => Err(usage(format!("several merchants have something named {id}; add --merchant ID"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_given_goes_into_the_query() {
        let parameters = [("state", Some("given up")), ("after", None), ("limit", Some("5"))];
        assert_eq!(with_query("/deliveries", parameters.iter()), "/deliveries?state=given%20up&limit=5");
        assert_eq!(with_query("/worlds", [("after", None)].iter()), "/worlds");
    }
}
