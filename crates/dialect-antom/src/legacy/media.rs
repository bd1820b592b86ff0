//! Which media types a legacy client may ask for.

/// Whether an answer in JSON is acceptable to a client that sent this `Accept` header, or none.
///
/// It is when the header admits `application/json`, `application/*` or `*/*`; any text type will do as well, because the
/// SDKs name those only. A type with `q=0` is not admitted.
///
/// Source: SEED-001 (MEDIA_TYPE_NOT_ACCEPTABLE); LEGACY-FACTS §5.1.
#[must_use]
pub fn accepts_media(accept: Option<&str>) -> bool {
    let accept = accept.map(str::trim).filter(|accept| !accept.is_empty());
    accept.is_none_or(|accept| accept.split(',').any(admits_json))
}

fn admits_json(item: &str) -> bool {
    let mut parts = item.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media_type = parts.next().unwrap_or_default();
    let is_json = matches!(media_type.as_str(), "application/json" | "application/*" | "*/*");
    (is_json || media_type.starts_with("text/")) && !parts.any(|parameter| is_refusal(&parameter))
}

/// `q=0`, `q=0.0` and so on.
fn is_refusal(parameter: &str) -> bool {
    parameter.strip_prefix("q=").is_some_and(|weight| weight.trim_end_matches(['0', '.']).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: LEGACY-FACTS §5.1, what admits JSON and what does not.
    #[test]
    fn json_or_any_text_must_be_admitted() {
        for accept in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/*",
            "*/*",
            "text/plain,text/xml,text/javascript,text/html",
            "image/png, */*;q=0.1",
            "",
            " ",
        ] {
            assert!(accepts_media(Some(accept)), "{accept:?}");
        }
        assert!(accepts_media(None), "a client that names none takes any");
        for accept in ["image/png", "application/xml", "application/json;q=0", "*/*;q=0.000", "json", ","] {
            assert!(!accepts_media(Some(accept)), "{accept:?}");
        }
    }
}
