//! The OpenAPI documents of the dialects, `docs/openapi/*.json`: made from the tables by which the gateway reads requests
//! and tells outcomes, and held against what it serves.
//!
//! `UPDATE_DOCS=1` writes them. `tests/schemathesis` holds the running gateway against them.

mod alipayhk;
mod alphapay;
mod answers;
mod antom;
mod document;
mod layout;
mod requests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use farthing_core::rows::ClientSettings;
use farthing_core::time::Timestamp;
use farthing_dialect_antom::edition::Edition;
use farthing_server::outcomes;
use serde_json::Value;

use crate::document::Dialect;

fn dialects() -> [Dialect; 4] {
    [
        antom::dialect(Edition::Antom),
        antom::dialect(Edition::Alipay),
        alipayhk::dialect(),
        alphapay::dialect(),
    ]
}

fn path_of(dialect: &Dialect) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/openapi/{}.json", dialect.word))
}

fn read(dialect: &Dialect) -> Value {
    let text = std::fs::read_to_string(path_of(dialect)).expect("the document is there");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Proves that the documents are what the tables say. `UPDATE_DOCS=1` writes them.
#[test]
fn the_documents_are_what_the_tables_say() {
    for dialect in dialects() {
        let (path, text) = (path_of(&dialect), layout::lay_out(&dialect.document()));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it can be made");
            std::fs::write(&path, &text).expect("it can be written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{} is not up to date; UPDATE_DOCS=1 cargo test -p farthing-stories --test openapi writes it",
            path.display()
        );
    }
}

/// Proves that every operation that is served is described, and that every path that is described leads to its own.
#[test]
fn every_route_is_described_and_every_path_is_served() {
    for dialect in dialects() {
        let document = read(&dialect);
        let paths = document["paths"].as_object().expect("it has paths");
        let mut described = BTreeSet::new();
        for (path, item) in paths {
            let served =
                served_at(dialect.word, path).unwrap_or_else(|| panic!("nothing is served at {path}"));
            assert_eq!(item["post"]["operationId"], served, "{path}");
            described.insert(served);
        }
        let served: BTreeSet<&str> = dialect.operations.iter().map(|operation| operation.name).collect();
        assert_eq!(described, served, "{}", dialect.word);
    }
}

/// The name of the operation to which the gateway leads a path.
fn served_at(dialect: &str, path: &str) -> Option<&'static str> {
    use farthing_dialect_alipayhk::endpoint as hk;
    match dialect {
        "alipayhk" => hk::operation_at(path).map(hk::Operation::name),
        "alphapay" => {
            farthing_dialect_alphapay::endpoint::find_operation(path).map(|operation| operation.name())
        }
        _ => farthing_dialect_antom::endpoint::find_operation(path).map(|operation| operation.name()),
    }
}

/// Proves that every outcome that this gateway knows of is described in its dialect, and that no other code is.
#[test]
fn every_code_is_described_and_no_other() {
    for dialect in dialects() {
        let mut described = BTreeSet::new();
        collect_codes(&read(&dialect)["components"]["schemas"], &mut described);
        let of_dialect = |word: &str| word == dialect.word || (word == "antom" && dialect.word == "alipay");
        let known = outcomes::all().into_iter().filter(|outcome| of_dialect(outcome.dialect));
        let known: BTreeSet<String> = known.map(|outcome| outcome.code.to_owned()).collect();
        assert_eq!(described, known, "{}", dialect.word);
    }
}

fn collect_codes(schema: &Value, codes: &mut BTreeSet<String>) {
    for (name, member) in schema.as_object().into_iter().flatten() {
        if matches!(name.as_str(), "resultCode" | "PaymentResultCode" | "DeclarationCode") {
            let words = member["enum"].as_array().into_iter().flatten();
            codes.extend(words.filter_map(Value::as_str).map(str::to_owned));
        }
        collect_codes(member, codes);
    }
    for item in schema.as_array().into_iter().flatten() {
        collect_codes(item, codes);
    }
}

/// Proves that the examples are requests that the gateway reads.
#[test]
fn every_example_is_read() {
    for dialect in dialects() {
        for (path, item) in read(&dialect)["paths"].as_object().expect("it has paths") {
            let content = &item["post"]["requestBody"]["content"]["application/json"];
            let examples = content["examples"].as_object().expect("it has examples");
            assert!(!examples.is_empty(), "{path}");
            for (name, example) in examples {
                let problem = problem_with(dialect.word, path, &example["value"]);
                assert_eq!(problem, None, "{path}: {name}");
            }
        }
    }
}

fn problem_with(dialect: &str, path: &str, request: &Value) -> Option<String> {
    use farthing_dialect_alipayhk as hk;
    use farthing_dialect_alphapay as alphapay;
    use farthing_dialect_antom as antom;
    let settings = ClientSettings::default();
    let body = request.to_string();
    match dialect {
        "alipayhk" => {
            let operation = hk::endpoint::operation_at(path).expect("it is served");
            let content = request["request"].as_object().expect("it is an envelope").clone();
            hk::decode::decode_request(operation, content, &settings).err().map(|error| error.to_string())
        }
        "alphapay" => {
            let operation = alphapay::endpoint::find_operation(path).expect("it is served");
            let context = alphapay::decode::DecodeContext { nonce: "n", settings: &settings };
            let decoded = alphapay::decode::decode_request(operation, body.as_bytes(), context);
            decoded.err().map(|error| error.to_string())
        }
        _ => {
            let operation = antom::endpoint::find_operation(path).expect("it is served");
            let decoded = antom::decode::decode_request(operation, body.as_bytes(), Timestamp::from_ms(0));
            decoded.err().map(|error| error.to_string())
        }
    }
}
