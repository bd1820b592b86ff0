//! Where the key-encryption key comes from, if there is one: the environment, or a file that the environment names.

use std::ffi::OsString;
use std::path::Path;

use farthing_server::keyring::Custody;

use crate::exit::usage;

const VARIABLE: &str = "FARTHING_KEY_ENCRYPTION_KEY";
const FILE_VARIABLE: &str = "FARTHING_KEY_ENCRYPTION_KEY_FILE";

/// How the gateway's secrets lie in their files, as the environment says.
///
/// # Errors
/// A wrong usage when both variables are set; when what is set is no key, or a file that others may read.
pub(crate) fn from_environment() -> anyhow::Result<Custody> {
    choose(std::env::var_os(VARIABLE), std::env::var_os(FILE_VARIABLE))
}

/// An empty variable counts as none: that is how one is taken back in many places.
fn choose(text: Option<OsString>, file: Option<OsString>) -> anyhow::Result<Custody> {
    let given = |value: Option<OsString>| value.filter(|value| !value.is_empty());
    match (given(text), given(file)) {
        (None, None) => Ok(Custody::Plain),
        (Some(text), None) => Ok(Custody::of_text(&text.to_string_lossy(), VARIABLE)?),
        (None, Some(file)) => Ok(Custody::of_file(Path::new(&file))?),
        (Some(_), Some(_)) => Err(usage(format!("set one of {VARIABLE} and {FILE_VARIABLE}, not both"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the variable holds is told in no error.
    #[test]
    fn one_source_is_taken_and_a_wrong_one_is_named() {
        let key = || Some(OsString::from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        assert!(matches!(choose(None, Some(OsString::new())), Ok(Custody::Plain)));
        assert!(matches!(choose(key(), None), Ok(Custody::Wrapped(_))));
        assert!(choose(key(), key()).unwrap_err().to_string().contains("not both"));
        let refused = choose(Some("s3cr3t".into()), None).unwrap_err().to_string();
        assert!(refused.contains(VARIABLE) && !refused.contains("s3cr3t"), "{refused}");
        let missing = choose(None, Some("/nowhere/kek".into())).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/kek"), "{missing}");
    }
}
