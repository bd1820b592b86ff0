//! URLs that a caller names: where to notify, where to send the user back to.
//!
//! Source: SEED-002 (`paymentNotifyUrl`, `paymentRedirectUrl`: URLs of limited length); the finer checks are our decision.

use crate::percent::push_escaped;

/// Why a text is not a URL that we would call or send a user to, in order of checking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UrlTextError {
    /// There are more letters than the field may have.
    #[error("the URL has more than {length_max} letters")]
    TooLong {
        /// How many letters (Unicode characters) the field may have.
        length_max: usize,
    },
    /// A blank or a control character.
    #[error("letter {position} of the URL is a blank or a control character; escape it (%20 for a blank)")]
    BadCharacter {
        /// Which letter (Unicode character), counted from 1.
        position: usize,
    },
    /// It does not begin with `http://` or `https://`.
    #[error("the URL must begin with http:// or https://")]
    NotHttp,
    /// There is no host between `//` and the path, or none that could be one.
    #[error("the URL names no host after http:// or https://")]
    NoHost,
    /// What follows the host's colon is not a port.
    #[error("the URL's port is not a number from 1 to 65535")]
    BadPort,
}

/// Checks that `text` is an absolute http or https URL of at most `length_max` letters (Unicode characters).
///
/// # Errors
/// In order of checking: [`UrlTextError::TooLong`], [`UrlTextError::BadCharacter`], [`UrlTextError::NotHttp`],
/// [`UrlTextError::NoHost`], [`UrlTextError::BadPort`].
///
/// Source: SEED-002 (types and lengths of its URL fields); lengths are in characters by ANTOM-FACTS §1.9.
pub fn check_http_url(text: &str, length_max: usize) -> Result<(), UrlTextError> {
    if text.chars().nth(length_max).is_some() {
        return Err(UrlTextError::TooLong { length_max });
    }
    let is_bad = |letter: char| letter.is_control() || letter.is_whitespace();
    if let Some(index) = text.chars().position(is_bad) {
        return Err(UrlTextError::BadCharacter { position: index + 1 });
    }
    let after_scheme = after_http_scheme(text).ok_or(UrlTextError::NotHttp)?;
    check_authority(before_any(after_scheme, &['/', '?', '#']))
}

/// `url` with `parameters` added to the end of its query, escaped; a query it has is kept, and a fragment stays last.
///
/// Source: ANTOM-FACTS §2.7 (`authRedirectUrl` gets `authCode` and `authState`).
#[must_use]
pub fn append_query(url: &str, parameters: &[(&str, &str)]) -> String {
    let before_fragment = before_any(url, &['#']);
    let fragment = &url[before_fragment.len()..];
    let mut extended = before_fragment.to_owned();
    for (name, value) in parameters {
        match extended.split_once('?') {
            None => extended.push('?'),
            Some((_path, query)) if query.is_empty() || query.ends_with('&') => {}
            Some(_) => extended.push('&'),
        }
        push_escaped(&mut extended, name);
        extended.push('=');
        push_escaped(&mut extended, value);
    }
    extended + fragment
}

/// What follows `http://` or `https://`, in letters of either case.
fn after_http_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    is_http.then_some(rest)
}

fn before_any<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.find(ends).map_or(text, |end| &text[..end])
}

/// Checks `[user@]host[:port]`.
fn check_authority(authority: &str) -> Result<(), UrlTextError> {
    // Browsers take a backslash for a slash and would go to another host than the one that is read here.
    if authority.contains('\\') {
        return Err(UrlTextError::NoHost);
    }
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_user, rest)| rest);
    let (host, after_host) = split_host(host_and_port).ok_or(UrlTextError::NoHost)?;
    if !is_host(host) {
        return Err(UrlTextError::NoHost);
    }
    match after_host.strip_prefix(':') {
        None if after_host.is_empty() => Ok(()),
        // RFC 3986 allows a colon without a port; it means the scheme's own.
        Some("") => Ok(()),
        Some(port) if is_port(port) => Ok(()),
        _ => Err(UrlTextError::BadPort),
    }
}

/// The host, the brackets of an IPv6 address included, and what follows it.
fn split_host(host_and_port: &str) -> Option<(&str, &str)> {
    let end = if host_and_port.starts_with('[') {
        host_and_port.find(']')? + 1
    } else {
        host_and_port.find(':').unwrap_or(host_and_port.len())
    };
    Some(host_and_port.split_at(end))
}

/// Names may have letters of any script; what has a meaning of its own in a URL is not a part of a name.
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '.' | '_');
            host.chars().any(char::is_alphanumeric) && host.chars().all(is_letter)
        }
    }
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_an_absolute_http_url_is_refused_by_name() {
        use UrlTextError::*;
        for (text, expected) in [
            ("https://shop.test/0123456789012345678901", TooLong { length_max: 39 }),
            ("https://shop.test/a b", BadCharacter { position: 20 }),
            ("https://shop.test/\r\nX: y", BadCharacter { position: 19 }),
            ("https://shop.test/\u{7f}", BadCharacter { position: 19 }),
            ("https://é.test/\u{85}", BadCharacter { position: 16 }),
            ("https://shop.test/\u{3000}", BadCharacter { position: 19 }),
            ("", NotHttp),
            ("shop.test/x", NotHttp),
            ("/relative", NotHttp),
            ("//shop.test", NotHttp),
            ("ftp://shop.test", NotHttp),
            ("javascript://shop.test", NotHttp),
            ("https:/shop.test", NotHttp),
            ("https://", NoHost),
            ("https:///path", NoHost),
            ("https://?x=1", NoHost),
            ("https://:443/", NoHost),
            ("https://user@/", NoHost),
            ("https://shop.test\\@other.test", NoHost),
            ("https://shop.test\\other.test/", NoHost),
            ("https://..", NoHost),
            ("https://[::1/x", NoHost),
            ("https://[shop]/x", NoHost),
            ("https://shop.test:x/", BadPort),
            ("https://shop.test:0/", BadPort),
            ("https://shop.test:65536/", BadPort),
            ("https://shop.test:+80/", BadPort),
            ("https://[::1]80/", BadPort),
        ] {
            assert_eq!(check_http_url(text, 39), Err(expected), "{text}");
        }
    }

    #[test]
    fn absolute_http_urls_are_taken() {
        for text in [
            "http://localhost",
            "HTTPS://shop.test:8443/a/b?c=d&e=%20#f",
            "http://127.0.0.1:18080/notify",
            "http://[::1]:8080/notify",
            "https://user:pass@shop.test/",
            "https://shop.test:/",
            "https://bücher.example/straße",
            "https://a_b.test?x=http://y",
        ] {
            assert_eq!(check_http_url(text, 2048), Ok(()), "{text}");
        }
        assert_eq!(check_http_url("http://ü", 8), Ok(()));
        assert_eq!(check_http_url("http://üü", 8), Err(UrlTextError::TooLong { length_max: 8 }));
    }

    #[test]
    fn parameters_join_whatever_query_is_there() {
        let parameters = [("authCode", "a+b/c="), ("authState", "ä 1&2")];
        let added = "authCode=a%2Bb%2Fc%3D&authState=%C3%A4%201%262";
        for (url, expected) in [
            ("https://shop.test/back", format!("https://shop.test/back?{added}")),
            ("https://shop.test/back?", format!("https://shop.test/back?{added}")),
            ("https://shop.test/back?x=1", format!("https://shop.test/back?x=1&{added}")),
            ("https://shop.test/back?x=1&", format!("https://shop.test/back?x=1&{added}")),
            ("https://shop.test/#/app?y", format!("https://shop.test/?{added}#/app?y")),
            ("https://shop.test?x=?#f", format!("https://shop.test?x=?&{added}#f")),
        ] {
            assert_eq!(append_query(url, &parameters), expected);
        }
        assert_eq!(append_query("https://shop.test/#f", &[]), "https://shop.test/#f");
    }

    proptest! {
        /// A value cannot break out of its place: the URL stays a URL, and the value comes back whole.
        #[test]
        fn an_appended_value_comes_back(value in any::<String>()) {
            let url = append_query("https://shop.test/back?x=1#f", &[("authState", &value)]);
            prop_assert_eq!(check_http_url(&url, usize::MAX), Ok(()));
            let (_, after) = url.split_once("&authState=").unwrap();
            let escaped = after.strip_suffix("#f").unwrap();
            prop_assert_eq!(crate::percent::unescape(escaped).unwrap(), value.into_bytes());
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), length_max in 0..100_usize) {
            let _taken_or_refused = check_http_url(&format!("http://{text}"), length_max);
        }
    }
}
