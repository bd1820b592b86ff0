//! The strings that mistakes lead to.

use farthing_core::rows::Dialect;
use farthing_dialect_kit::path::split_query;

use super::{Parts, time_headers};
use crate::body_forms::body_forms;
use crate::reading::Guess;
use crate::time_forms::{neighbours, other_forms};
use crate::{Evidence, Mistake};

/// The prefixes that paths have, the longest first.
const PREFIXES: [&str; 4] = ["/ams/sandbox/api", "/ams/api", "/api/v2.0", "/api"];

/// Everything that may have been signed in place of the right string, the likeliest first.
pub(super) fn guesses(evidence: &Evidence<'_>, parts: &Parts<'_>) -> Vec<Guess> {
    let mut guesses = of_body(parts);
    guesses.extend(of_path(evidence, parts));
    guesses.extend(of_client(evidence, parts));
    guesses.extend(of_time(evidence, parts));
    guesses.extend(of_nonce(parts));
    guesses.extend(of_layout(parts));
    guesses
}

/// One part changed, and the rest as it should be.
fn changed<'a>(
    parts: &Parts<'a>,
    mistake: Mistake,
    detail: impl Into<String>,
    change: impl FnOnce(&mut Parts<'a>),
) -> Guess {
    let mut changed = parts.clone();
    change(&mut changed);
    Guess::new(mistake, detail, changed.bytes())
}

fn of_body(parts: &Parts<'_>) -> Vec<Guess> {
    let forms = body_forms(&parts.body).into_iter();
    let mut guesses: Vec<Guess> = forms
        .map(|form| changed(parts, form.mistake, form.detail, |parts| parts.body = form.bytes.into()))
        .collect();
    guesses.push(Guess::new(Mistake::BodyAlone, "", parts.body.as_ref()));
    guesses
}

fn of_path(evidence: &Evidence<'_>, parts: &Parts<'_>) -> Vec<Guess> {
    let paths = other_paths(evidence, &parts.path).into_iter();
    let mut guesses: Vec<Guess> = paths
        .map(|(mistake, path)| {
            let detail = format!("signed was {path}");
            changed(parts, mistake, detail, |parts| parts.path = path.into())
        })
        .collect();
    let lower = parts.method.to_ascii_lowercase();
    for method in [lower.as_str(), "GET", "POST"] {
        let detail = format!("signed was {method}");
        guesses.push(changed(parts, Mistake::MethodName, detail, |parts| {
            parts.method = method.to_owned().into()
        }));
    }
    guesses
}

fn other_paths(evidence: &Evidence<'_>, path: &str) -> Vec<(Mistake, String)> {
    let mut paths = prefixed_paths(evidence.dialect, path);
    let (bare, query) = split_query(path);
    if query.is_some() {
        paths.push((Mistake::QueryLeftOut, bare.to_owned()));
    }
    let host = evidence.header("host").unwrap_or_default();
    paths.push((Mistake::HostIncluded, evidence.target.to_owned()));
    if !host.is_empty() {
        paths.extend(
            ["https://", "http://", ""]
                .map(|scheme| (Mistake::HostIncluded, format!("{scheme}{host}{path}"))),
        );
    }
    let slashed =
        if bare.ends_with('/') { bare.trim_end_matches('/').to_owned() } else { format!("{bare}/") };
    for other in [slashed, format!("/{path}"), path.trim_start_matches('/').to_owned()] {
        paths.push((Mistake::PathSlashes, other));
    }
    paths
}

fn prefixed_paths(dialect: Dialect, path: &str) -> Vec<(Mistake, String)> {
    let Some((prefix, rest)) = PREFIXES.iter().find_map(|prefix| Some((*prefix, path.strip_prefix(prefix)?)))
    else {
        let added: &[&str] = if dialect == Dialect::AlphaPay {
            &["/api/v2.0", "/api"]
        } else {
            &["/ams/api", "/ams/sandbox/api"]
        };
        return added.iter().map(|prefix| (Mistake::PathPrefixAdded, format!("{prefix}{path}"))).collect();
    };
    let mut paths = vec![(Mistake::PathPrefixLeftOut, rest.to_owned())];
    match prefix {
        "/ams/api" => paths.push((Mistake::PathSandbox, format!("/ams/sandbox/api{rest}"))),
        "/ams/sandbox/api" => paths.push((Mistake::PathSandbox, format!("/ams/api{rest}"))),
        _alphapay => paths.push((Mistake::PathPrefixLeftOut, path.trim_start_matches("/api").to_owned())),
    }
    paths
}

fn of_client(evidence: &Evidence<'_>, parts: &Parts<'_>) -> Vec<Guess> {
    let id = &parts.client_id;
    let others = [evidence.client_id.to_owned(), id.to_ascii_lowercase(), id.to_ascii_uppercase()];
    let mut guesses: Vec<Guess> = others
        .into_iter()
        .map(|other| {
            let detail = format!("signed was {other}");
            changed(parts, Mistake::ClientIdOther, detail, |parts| parts.client_id = other.into())
        })
        .collect();
    let without = parts.ordered(&[&parts.time_and_nonce(".")]);
    guesses.push(Guess::new(Mistake::ClientIdLeftOut, "", without));
    guesses
}

fn of_time(evidence: &Evidence<'_>, parts: &Parts<'_>) -> Vec<Guess> {
    let timed = |mistake, detail: String, time: String| {
        changed(parts, mistake, detail, |parts| parts.time = time.into())
    };
    let (_name, other_name) = time_headers(evidence.kind);
    let mut guesses = Vec::new();
    for name in [other_name, "date"] {
        if let Some(time) = evidence.header(name) {
            guesses.push(timed(
                Mistake::TimeHeaderName,
                format!("signed was that of {name}"),
                time.to_owned(),
            ));
        }
    }
    for (form, time) in other_forms(&parts.time) {
        guesses.push(timed(Mistake::TimeForm, format!("signed was {time}: {form}"), time));
    }
    for time in neighbours(&parts.time) {
        guesses.push(timed(Mistake::TimeOther, format!("signed was {time}"), time));
    }
    let mut left: Vec<&str> = vec![&parts.client_id];
    left.extend(parts.nonce.as_deref());
    guesses.push(Guess::new(Mistake::TimeLeftOut, "with its dot", parts.ordered(&left)));
    guesses.push(timed(Mistake::TimeLeftOut, "the dots were there".to_owned(), String::new()));
    guesses
}

fn of_nonce(parts: &Parts<'_>) -> Vec<Guess> {
    let Some(nonce) = parts.nonce.as_deref() else { return Vec::new() };
    let mut guesses = vec![changed(parts, Mistake::NonceLeftOut, "with its dot", |parts| parts.nonce = None)];
    for other in
        [with_dashes(nonce), nonce.replace('-', ""), nonce.to_ascii_uppercase(), nonce.to_ascii_lowercase()]
    {
        let detail = format!("signed was {other}");
        guesses.push(changed(parts, Mistake::NonceForm, detail, |parts| parts.nonce = Some(other.into())));
    }
    guesses
}

/// Thirty-two digits as UUIDs are written; anything else as it is.
fn with_dashes(nonce: &str) -> String {
    if nonce.len() != 32 || !nonce.is_ascii() {
        return nonce.to_owned();
    }
    [&nonce[..8], &nonce[8..12], &nonce[12..16], &nonce[16..20], &nonce[20..]].join("-")
}

fn of_layout(parts: &Parts<'_>) -> Vec<Guess> {
    use Mistake::{StringLineBreak, StringOrder, StringSeparators};
    let mut guesses = vec![
        Guess::new(StringLineBreak, "CR and LF", parts.joined("\r\n", ".")),
        Guess::new(StringLineBreak, "a backslash and the letter n", parts.joined("\\n", ".")),
        Guess::new(StringLineBreak, "a blank", parts.joined(" ", ".")),
        Guess::new(StringLineBreak, "nothing", parts.joined("", ".")),
        Guess::new(StringSeparators, "line breaks in place of dots", parts.joined("\n", "\n")),
        Guess::new(StringSeparators, "a dot in place of the line break", parts.joined(".", ".")),
        Guess::new(StringSeparators, "nothing in place of dots", parts.joined("\n", "")),
    ];
    let (id, time) = (parts.client_id.as_ref(), parts.time.as_ref());
    match parts.nonce.as_deref() {
        None => guesses.push(Guess::new(StringOrder, "time before client id", parts.ordered(&[time, id]))),
        Some(nonce) => {
            for order in [[id, nonce, time], [time, id, nonce], [nonce, time, id], [time, nonce, id]] {
                guesses.push(Guess::new(StringOrder, "", parts.ordered(&order)));
            }
        }
    }
    guesses
}
