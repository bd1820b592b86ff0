//! A first payment to paste, in three ways. It goes to standard error: standard output belongs to the ready line.
//!
//! Standard error often ends in a log, so the body with the access token goes into a file of the owner's that curl reads.

use std::io::Write as _;
use std::path::Path;

use farthing_core::rows::Dialect;
use farthing_core::time::Timestamp;
use farthing_crypto::Algorithm;
use farthing_dialect_antom::client::encode_request;
use farthing_dialect_antom::endpoint::{Operation, Prefix};
use farthing_dialect_antom::signed;
use farthing_engine::demo::{DEMO_CURRENCY, DEMO_METHOD, demo_client_id};
use serde_json::json;

use super::profile::DemoKeys;
use crate::data_directory::DataDirectory;
use crate::private_file::write_owner_only;
use crate::run_file::Addresses;

/// Prints it.
///
/// # Errors
/// When the body cannot be written into its file.
pub(super) fn print(
    data: &DataDirectory,
    demo: &DemoKeys,
    addresses: &Addresses,
    access_token: &str,
    now: Timestamp,
) -> anyhow::Result<()> {
    let body_file = data.dev().join("first-payment-body.json");
    let body = body(access_token, now);
    write_owner_only(&body_file, &String::from_utf8_lossy(&body))?;
    let text = format!(
        "\nfarthing dev is ready. A first payment:\n\n\
         with the command line\n  {} pay --amount 12.34{}\n\n\
         with curl (signed already; send it twice, and it is still one payment)\n  {}\n\n\
         with the vendor's Python SDK (see examples/python)\n  python3 examples/python/first_payment.py {}\n\n",
        program(),
        data_flag(data.root()),
        curl(demo, addresses, &body, &body_file, now),
        data.dev().join("antom.json").display(),
    );
    // Nobody reading standard error is no reason to stop.
    let _ = std::io::stderr().write_all(text.as_bytes());
    Ok(())
}

/// How this program was called, so that the command can be pasted.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "farthing".to_owned())
}

fn data_flag(data: &Path) -> String {
    if data == Path::new("./farthing-data") { String::new() } else { format!(" --data {}", data.display()) }
}

fn body(access_token: &str, now: Timestamp) -> Vec<u8> {
    encode_request(&json!({
        "productCode": "AGREEMENT_PAYMENT",
        "paymentRequestId": format!("first-payment-{}", now.ms()),
        "paymentAmount": { "currency": DEMO_CURRENCY, "value": "1234" },
        "paymentMethod": { "paymentMethodType": DEMO_METHOD, "paymentMethodId": access_token },
        "order": {
            "referenceOrderId": "order-1",
            "orderDescription": "A first payment",
            "orderAmount": { "currency": DEMO_CURRENCY, "value": "1234" }
        }
    }))
}

/// The file ends in a line break, which `-d` leaves out, and `--data-binary` would send.
fn curl(demo: &DemoKeys, addresses: &Addresses, body: &[u8], body_file: &Path, now: Timestamp) -> String {
    let client_id = demo_client_id(Dialect::Antom);
    let path = Operation::Pay.path_under(Prefix::of_client(client_id.as_str()));
    let time = signed::format_message_time(now);
    let bytes = signed::bytes_to_sign_request(&path, client_id.as_str(), &time, body);
    let signature = demo.key(Dialect::Antom).sign(Algorithm::RsaSha256, &bytes);
    let headers = signed::attach_to_request(client_id.as_str(), &time, "1", &signature);
    let headers: Vec<String> = headers.iter().map(|(name, value)| format!("-H '{name}: {value}'")).collect();
    format!(
        "curl -s {}{path} \\\n  {} \\\n  -d '@{}'",
        addresses.api,
        headers.join(" \\\n  "),
        body_file.display()
    )
}
