//! Passwords: argon2id, away from the threads that serve requests, and at most two at a time, because each takes 19 MiB
//! and a good part of a second by design.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use domain::id::StaffId;
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::random;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most bytes of a password.
pub const LONGEST: usize = 256;

static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What an unknown name is checked against, so that the answer takes as long as for a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("", &[7; 16]).unwrap_or_default());

/// Hashes a password for an account's record.
///
/// # Errors
/// When the operating system has no randomness to give.
pub async fn hash(password: String) -> Result<String, Error> {
    let salt = random::salt()?;
    blocking(move || hash_now(&password, &salt)).await?
}

/// Whether the password fits the hash; an absent hash takes as long and never fits.
pub(crate) async fn fits(password: String, hash: Option<String>) -> Result<bool, Error> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    blocking(move || {
        // An account without a password cannot sign in, and looks like one that does not exist.
        let hash = hash.filter(|hash| !hash.is_empty());
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let fits = Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
        fits && known
    })
    .await
}

/// Whether a new password is good enough; otherwise one sentence on what to change.
///
/// # Errors
/// [`Error::Invalid`] with the sentence.
pub fn check(password: &str, of: &StaffId) -> Result<(), Error> {
    let sentence = if password.chars().count() < SHORTEST {
        format!("The password needs at least {SHORTEST} characters; several words in a row are good.")
    } else if password.len() > LONGEST {
        format!("The password may have at most {LONGEST} bytes.")
    } else if password.to_lowercase().contains(&of.to_string().to_lowercase()) {
        "The password may not contain the name you sign in with.".to_owned()
    } else if password.chars().collect::<std::collections::BTreeSet<_>>().len() < 5 {
        "The password repeats the same few characters; use several words.".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::Invalid(sentence))
}

fn hash_now(password: &str, salt: &[u8; 16]) -> Result<String, Error> {
    let hash: PasswordHash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), salt).map_err(Error::fault)?;
    Ok(hash.to_string())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::fault)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_fits_and_no_other() {
        let stored = hash("correct horse battery".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(fits("correct horse battery".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!fits("correct horse batterx".to_owned(), Some(stored)).await.unwrap());
        assert!(!fits(String::new(), None).await.unwrap());
        assert!(!fits("x".to_owned(), Some("not a hash".to_owned())).await.unwrap());
    }

    #[test]
    fn weak_passwords_are_refused_with_what_to_change() {
        let me = StaffId::from("ana");
        check("a river under stones", &me).unwrap();
        for weak in ["short", "ANAs long password", "aaaaaaaaaaaaaaaa", &"x y z ä ".repeat(60)] {
            assert!(matches!(check(weak, &me), Err(Error::Invalid(_))), "{weak}");
        }
    }
}
