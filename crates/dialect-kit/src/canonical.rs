//! The string that is signed.

/// `<METHOD> SP <path?query> LF <client-id> "." <time> "." <body>`, as bytes.
///
/// The same layout serves request, answer and notification: `time` is the text of the request time or the response
/// time, verbatim, and `body` the bytes as received or as they will be sent. Nothing is escaped, trimmed or
/// re-encoded, and there is no line break at the end.
///
/// Source: ANTOM-FACTS §1.4, §1.8.
#[must_use]
pub fn string_to_sign(
    method: &str,
    path_and_query: &str,
    client_id: &str,
    time: &str,
    body: &[u8],
) -> Vec<u8> {
    let parts = [
        method.as_bytes(),
        b" ",
        path_and_query.as_bytes(),
        b"\n",
        client_id.as_bytes(),
        b".",
        time.as_bytes(),
        b".",
        body,
    ];
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: ANTOM-FACTS §1.4, byte for byte, with the pretty-printed body that the Python SDK sends.
    #[test]
    fn the_bytes_are_those_of_the_source() {
        let body = b"{\n   \"paymentRequestId\": \"req-\\u00e9-1\"\n}";
        let signed = string_to_sign(
            "POST",
            "/ams/sandbox/api/v1/payments/inquiryPayment",
            "SANDBOX_5Y0001",
            "2026-11-22T08:51:57+00:00",
            body,
        );
        let expected = [
            "504f5354202f616d732f73616e64626f782f6170692f76312f7061796d656e74732f696e71756972795061796d656e74",
            "0a",
            "53414e44424f585f355930303031",
            "2e",
            "323032362d31312d32325430383a35313a35372b30303a3030",
            "2e",
            "7b0a2020202270",
        ]
        .concat();
        let hex: String = signed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(hex.starts_with(&expected), "{hex}");
        assert!(signed.ends_with(body));
        assert_eq!(signed.len(), 4 + 1 + 43 + 1 + 14 + 1 + 25 + 1 + body.len());
    }

    /// A body need not be UTF-8, and a doubled slash or a query is part of what is signed.
    #[test]
    fn nothing_is_tidied_up() {
        let signed = string_to_sign("POST", "//v1/pay?a=%20b", "", "", &[0xff, b'\n', b' ']);
        assert_eq!(signed, b"POST //v1/pay?a=%20b\n..\xff\n ");
    }
}
