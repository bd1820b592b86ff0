//! `farthing sign`.

use std::path::PathBuf;

use clap::Args;
use farthing_client::{Operation, SignedRequest};
use farthing_engine::{Clock as _, SystemClock};
use serde_json::json;

use super::super::text_file::read_bytes;
use super::speaker::SpeakerArgs;
use crate::exit::usage;
use crate::output::{OutputArgs, print};

/// What is signed.
#[derive(Args, Debug)]
pub(crate) struct SignArgs {
    /// The operation as the documents call it, e.g. inquiryPayment or alipay.intl.acquiring.common.payQuery
    operation: String,
    /// The body, byte for byte; for AlipayHK the member body of the envelope; - is standard input
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    #[command(flatten)]
    speaker: SpeakerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Signs a request and prints what would be sent; nothing is.
///
/// # Errors
/// When the dialect has no such operation, or who speaks is not known.
pub(crate) fn run(args: &SignArgs) -> anyhow::Result<()> {
    let profile = args.speaker.profile()?;
    let operation = Operation::find(profile.dialect, &args.operation).ok_or_else(|| {
        let dialect = super::verb::name_of(profile.dialect);
        usage(format!("{dialect} has no operation {}", args.operation))
    })?;
    let body = read_bytes(&args.body)?;
    let request = args.speaker.open(&profile)?.sign(operation, body, SystemClock.now());
    if args.output.json { print(&as_json(&request).to_string()) } else { print(&as_text(&request)) }
}

fn as_json(request: &SignedRequest) -> serde_json::Value {
    let headers: serde_json::Map<String, serde_json::Value> =
        request.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": String::from_utf8_lossy(&request.body),
        "bytes_to_sign": String::from_utf8_lossy(&request.bytes_to_sign),
    })
}

fn as_text(request: &SignedRequest) -> String {
    let headers: String = request
        .headers
        .iter()
        .map(|(name, value)| format!(" \\\n  -H {}", quoted(&format!("{name}: {value}"))))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    format!(
        "signed bytes:\n{}\n\nas a command:\ncurl -s {}{headers} \\\n  --data-binary {}",
        String::from_utf8_lossy(&request.bytes_to_sign),
        request.url,
        quoted(&body),
    )
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    /// Proves that a body with quotes stays one word of a shell.
    #[test]
    fn a_quote_does_not_end_the_word() {
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
