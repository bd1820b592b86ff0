use serde_json::json;

use super::*;

fn walk(spec: &'static ObjectSpec, seen: &mut Vec<*const ObjectSpec>, visit: &mut impl FnMut(&FieldSpec)) {
    if seen.contains(&std::ptr::from_ref(spec)) {
        return;
    }
    seen.push(spec);
    for field in spec.fields {
        visit(field);
        let mut kind = &field.kind;
        while let Kind::Array { of, .. } = kind {
            kind = of;
        }
        if let Kind::Object(inner) = kind {
            walk(inner, seen, visit);
        }
    }
}

const REQUESTS: [&ObjectSpec; 13] = [
    &PAY,
    &INQUIRY_PAYMENT,
    &CANCEL,
    &REFUND,
    &INQUIRY_REFUND,
    &CAPTURE,
    &INQUIRE_EXCHANGE_RATE,
    &DECLARE,
    &INQUIRY_DECLARATION_REQUESTS,
    &CONSULT,
    &APPLY_TOKEN,
    &REVOKE,
    &CARD_META_DATA,
];

/// Each object names a field once, and only whole requests have rules, because nested ones are not looked at.
#[test]
fn the_tables_are_sound() {
    for request in REQUESTS {
        let mut seen = Vec::new();
        walk(request, &mut seen, &mut |field| {
            assert!(!field.name.is_empty());
            if let Kind::Object(inner) = field.kind {
                assert!(inner.rules.is_empty(), "{}", field.name);
                for one in inner.fields {
                    let count = inner.fields.iter().filter(|other| other.name == one.name).count();
                    assert_eq!(count, 1, "{}.{}", field.name, one.name);
                }
            }
        });
    }
}

/// Proves: SEED-002, the fields of pay and which of them are required.
#[test]
fn pay_has_the_fields_of_the_source() {
    let need = |name: &str| PAY.fields.iter().find(|field| field.name == name).map(|field| field.is_required);
    for name in ["order", "paymentRequestId", "paymentAmount", "paymentMethod", "productCode"] {
        assert_eq!(need(name), Some(true), "{name}");
    }
    for name in ["settlementStrategy", "creditPayPlan", "appId", "paymentExpiryTime", "paymentNotifyUrl"] {
        assert_eq!(need(name), Some(false), "{name}");
    }
}

/// Paths of names reach through objects, and null and the empty text count as missing on the way.
#[test]
fn paths_reach_what_is_there() {
    let serde_json::Value::Object(request) = json!({"a": {"b": {"c": 1}, "d": "", "e": null}, "f": "x"})
    else {
        panic!("an object")
    };
    assert_eq!(find_at(&request, "a.b.c"), Some(&json!(1)));
    for missing in ["a.d", "a.e", "a.e.x", "a.x", "f.x", "", "a.b.c.d"] {
        assert_eq!(find_at(&request, missing), None, "{missing}");
    }
}
