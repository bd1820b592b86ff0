//! The cookie of a session, and the pages from which it counts.
//!
//! A browser adds the cookie to whatever a stranger's page makes it send (CSRF). So it counts only where the browser
//! itself says that the gateway's own page asked.

use http::HeaderValue;
use http::header::{COOKIE, HeaderMap, ORIGIN};

use super::guard::{name_of, same_authority};
use super::problem::{self, Problem};

/// The browser refuses to keep such a name without `Secure`, with a `Domain`, or for a part of the site only.
const NAME: &str = "__Host-farthing-admin";
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// The token of the session in the only cookie of its name. Two of one name are none: one of them would be a stranger's.
pub(super) fn session_of(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut tokens = pairs.filter(|(name, _)| *name == NAME).map(|(_, token)| token);
    tokens.next().filter(|_| tokens.next().is_none())
}

/// The cookie that begins a session of at most `max_age_s` seconds.
pub(super) fn begin(token: &str, max_age_s: i64) -> HeaderValue {
    line(&format!("{NAME}={token}; Max-Age={max_age_s}"))
}

/// The cookie that takes a session from the browser.
pub(super) fn end() -> HeaderValue {
    line(&format!("{NAME}=; Max-Age=0"))
}

fn line(pair: &str) -> HeaderValue {
    let text = format!("{pair}; Path=/; Secure; HttpOnly; SameSite=Strict");
    let mut line = HeaderValue::from_str(&text).expect("our own tokens are letters, digits and '_'");
    line.set_sensitive(true);
    line
}

/// Refuses a request with a cookie unless its browser says that it comes from the gateway's own page. `host` is what
/// the request names as its host.
pub(super) fn check_own_page(headers: &HeaderMap, host: &str) -> Result<(), Problem> {
    match (word(headers, SEC_FETCH_SITE), word(headers, ORIGIN.as_str())) {
        (Some("same-origin"), None) => Ok(()),
        (Some("same-origin") | None, Some(origin)) if is_own(origin, host) => Ok(()),
        _ => Err(foreign("a session counts only for what the gateway's own page asks")),
    }
}

/// Refuses a login that a stranger's page sends. Commands and scripts say nothing of pages, and may log in.
pub(super) fn check_login_page(headers: &HeaderMap, host: &str) -> Result<(), Problem> {
    match (headers.get(SEC_FETCH_SITE), headers.get(ORIGIN)) {
        (None, None) => Ok(()),
        _ => check_own_page(headers, host)
            .map_err(|_foreign| foreign("a login counts only from the gateway's own page")),
    }
}

fn foreign(why: &str) -> Problem {
    let detail = format!("{why}: Sec-Fetch-Site same-origin, or an Origin of this host");
    Problem::new(&problem::ORIGIN_NOT_ALLOWED, detail)
}

/// The value of a header that stands there once and is text.
fn word<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut lines = headers.get_all(name).iter();
    // A header that is there twice or is no text must not pass for a missing one.
    let only = lines.next()?;
    if lines.next().is_some() { Some("") } else { Some(only.to_str().unwrap_or("")) }
}

/// Whether a page of `origin` is one of the host that the request names; the port counts, too.
fn is_own(origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| !name_of(authority).is_empty() && same_authority(authority, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_only_cookie_of_the_name_is_found() {
        let found = |pairs: &[_]| session_of(&headers(pairs)).map(str::to_owned);
        let token = Some("t1".to_owned());
        assert_eq!(found(&[("cookie", "__Host-farthing-admin=t1")]), token);
        assert_eq!(found(&[("cookie", "a=b; __Host-farthing-admin=t1;c=d")]), token);
        assert_eq!(found(&[("cookie", "a=b"), ("cookie", "__Host-farthing-admin=t1")]), token);
        assert_eq!(found(&[("cookie", "farthing-admin=t1; x__Host-farthing-admin=t1")]), None);
        let twice = "__Host-farthing-admin=t1; __Host-farthing-admin=t2";
        assert_eq!(found(&[("cookie", twice)]), None, "one of two would be a stranger's");
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn a_cookie_has_everything_that_keeps_it_in_its_place() {
        let begun = begin("t1", 60);
        assert_eq!(
            begun.to_str().unwrap(),
            "__Host-farthing-admin=t1; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert!(begun.is_sensitive());
        assert!(end().to_str().unwrap().starts_with("__Host-farthing-admin=; Max-Age=0; Path=/; Secure"));
    }

    /// Proves both ways of asking, and that silence, two voices, or a voice that says nothing are refused for a cookie.
    #[test]
    fn only_the_gateways_own_page_may_use_a_session() {
        let host = "localhost:8791";
        let own: [&[_]; 4] = [
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:8791")],
            &[("origin", "https://localhost:8791")],
            &[("origin", "http://LOCALHOST:8791")],
        ];
        for pairs in own {
            assert!(check_own_page(&headers(pairs), host).is_ok(), "{pairs:?}");
            assert!(check_login_page(&headers(pairs), host).is_ok(), "{pairs:?}");
        }
        let foreign: [&[_]; 12] = [
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8791")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("origin", "http://localhost:8791"), ("origin", "http://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://localhost:8790")],
            &[("origin", "http://localhost")],
            &[("origin", "http://localhost:8791.evil.example")],
            &[("origin", "")],
        ];
        for pairs in foreign {
            assert!(check_own_page(&headers(pairs), host).is_err(), "{pairs:?}");
            assert!(check_login_page(&headers(pairs), host).is_err(), "{pairs:?}");
        }
        assert!(check_own_page(&headers(&[]), host).is_err(), "a cookie needs a browser that speaks");
        assert!(check_login_page(&headers(&[]), host).is_ok(), "a script says nothing of pages");
    }
}
