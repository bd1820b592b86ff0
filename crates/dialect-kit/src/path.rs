//! Paths of request targets.

use std::borrow::Cow;

/// The path of a request target, with its query: scheme and authority of an absolute-form target are taken off.
///
/// An absolute form without a path stands for `/` (RFC 9112 §3.2.1), unless a query follows the authority at
/// once, which is then all that is given back. What is neither form, `*` for example, comes back as it is.
///
/// Source: ANTOM-FACTS §1.2 (the Python SDK sends the absolute form), §1.4 (what is signed begins at the path).
#[must_use]
pub fn path_of_target(request_target: &str) -> &str {
    if request_target.starts_with('/') {
        return request_target;
    }
    let Some((scheme, rest)) = request_target.split_once("://") else { return request_target };
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return request_target;
    }
    rest.find(['/', '?', '#']).map_or("/", |end| &rest[end..])
}

/// The path with every run of slashes made one; a query is left as it is.
///
/// This is for finding the route. What is signed keeps its slashes.
///
/// Source: ANTOM-FACTS §1.1.
#[must_use]
pub fn collapse_slashes(path_and_query: &str) -> Cow<'_, str> {
    let (path, _query) = split_query(path_and_query);
    if !path.contains("//") {
        return Cow::Borrowed(path_and_query);
    }
    let mut collapsed = String::with_capacity(path_and_query.len());
    for letter in path.chars() {
        if !(letter == '/' && collapsed.ends_with('/')) {
            collapsed.push(letter);
        }
    }
    collapsed.push_str(&path_and_query[path.len()..]);
    Cow::Owned(collapsed)
}

/// The path and, if there is a `?`, what follows the first one.
#[must_use]
pub fn split_query(path_and_query: &str) -> (&str, Option<&str>) {
    match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: ANTOM-FACTS §1.2, both forms of a target give the same path.
    #[test]
    fn scheme_and_authority_are_taken_off() {
        for (target, path) in [
            ("/ams/api/v1/payments/pay", "/ams/api/v1/payments/pay"),
            ("https://localhost/ams/api/v1/payments/pay", "/ams/api/v1/payments/pay"),
            ("http://127.0.0.1:18080/v1/pay?a=b://c/d", "/v1/pay?a=b://c/d"),
            ("HTTPS://[::1]:443//ams//x", "//ams//x"),
            ("//ams/api//v1/x", "//ams/api//v1/x"),
            ("/redirect?to=https://shop.test/back", "/redirect?to=https://shop.test/back"),
            ("https://host", "/"),
            ("https://host?a=1", "?a=1"),
            ("*", "*"),
            ("", ""),
            ("host:443", "host:443"),
            ("://x/y", "://x/y"),
        ] {
            assert_eq!(path_of_target(target), path, "{target}");
        }
    }

    #[test]
    fn slashes_collapse_in_the_path_alone() {
        for (path, collapsed) in [
            ("/ams/api//v1/payments/retrievePaymentSession", "/ams/api/v1/payments/retrievePaymentSession"),
            ("////v1///pay//", "/v1/pay/"),
            ("//v1?next=//x", "/v1?next=//x"),
            ("/v1?next=//x", "/v1?next=//x"),
            ("", ""),
        ] {
            assert_eq!(collapse_slashes(path), collapsed, "{path}");
        }
        assert!(matches!(collapse_slashes("/v1/pay?x=//"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_query_begins_at_the_first_question_mark() {
        assert_eq!(split_query("/a?b?c"), ("/a", Some("b?c")));
        assert_eq!(split_query("/a?"), ("/a", Some("")));
        assert_eq!(split_query("/a"), ("/a", None));
    }
}
