//! Secrets that nobody can guess, and their digests. The operating system is the only source.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// 256 fresh bits as text fit for cookies and forms.
///
/// # Errors
/// When the operating system has no randomness to give.
pub(crate) fn token() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::fault)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// 128 fresh bits for the salt of a password.
///
/// # Errors
/// When the operating system has no randomness to give.
pub(crate) fn salt() -> Result<[u8; 16], Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(Error::fault)?;
    Ok(bytes)
}

/// SHA-256 as text.
pub(crate) fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// Compares two secrets in a time that does not depend on where they differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
