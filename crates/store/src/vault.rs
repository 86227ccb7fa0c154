//! Encryption at rest of what sits beside the log: message bodies and the bytes of dead letters.
//!
//! It owns the key file and the sealed form. It does not decide what is sealed, and it does not rotate keys: a new key
//! would be a second version byte with its own key, the old one kept to open what was sealed before.
//!
//! The cipher is XChaCha20-Poly1305, whose nonces are long enough to be drawn at random for every text. The name of the
//! table and the key of the row are bound into the seal, so that a sealed text moved to another row does not open.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use crate::StoreError;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// First byte of everything sealed; another cipher or key generation would get another number.
const FORM: u8 = 1;

/// Seals and opens texts with one key. Its `Debug` form shows no key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with this key, for tests and for keys that come from elsewhere than a file.
    #[must_use]
    pub fn from_bytes(key: [u8; KEY_BYTES]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(key)) }
    }

    /// Reads the key file, or makes one with a random key (readable by its owner only) where there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be read or made, or holds no key of 32 bytes in base64.
    pub fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        match Self::open(path) {
            Ok(Some(vault)) => Ok(vault),
            Ok(None) => {
                create(path)?;
                // Read back what stands in the file now, so that of two processes that start together both use one key.
                Self::open(path)?.ok_or_else(|| trouble(path, "vanished right after it was made"))
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the key file; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be read, or holds no key of 32 bytes in base64.
    pub fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        let mut text = String::new();
        match File::open(path) {
            // A key is 44 characters; a limit keeps a wrong path from reading a huge file.
            Ok(file) => file.take(1024).read_to_string(&mut text).map_err(|error| trouble(path, error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(trouble(path, error)),
        };
        warn_if_others_may_read(path);
        let bytes = STANDARD.decode(text.trim()).map_err(|_| trouble(path, "does not hold base64"))?;
        let key: [u8; KEY_BYTES] =
            bytes.try_into().map_err(|_| trouble(path, "does not hold a key of 32 bytes"))?;
        Ok(Some(Self::from_bytes(key)))
    }

    /// Seals `plain` for the row `key` of `table`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the system gives no random bytes.
    pub fn seal(&self, table: &str, key: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        random(&mut nonce)?;
        let bound = binding(table, key);
        let payload = Payload { msg: plain, aad: &bound };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::Invalid(format!("{table} {key} is too long to be sealed")))?;
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(FORM);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for the row `key` of `table`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] naming the row, when it was sealed with another key, for another row, or was changed.
    pub fn unseal(&self, table: &str, key: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let corrupt = |detail: &str| StoreError::Corrupt {
            table: table.to_owned(),
            key: key.to_owned(),
            detail: detail.to_owned(),
        };
        let Some((&FORM, rest)) = sealed.split_first() else {
            return Err(corrupt("it is sealed in a form this program does not know"));
        };
        let Some((nonce, sealed)) = rest.split_first_chunk::<NONCE_BYTES>() else {
            return Err(corrupt("it is cut short"));
        };
        let bound = binding(table, key);
        self.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &bound })
            .map_err(|_| corrupt("it was sealed with another key, or changed since"))
    }

    /// Like [`Vault::unseal`], for text.
    ///
    /// # Errors
    /// As [`Vault::unseal`], and when the bytes are no UTF-8.
    pub fn unseal_text(&self, table: &str, key: &str, sealed: &[u8]) -> Result<String, StoreError> {
        String::from_utf8(self.unseal(table, key, sealed)?).map_err(|_| StoreError::Corrupt {
            table: table.to_owned(),
            key: key.to_owned(),
            detail: "it is not text".to_owned(),
        })
    }
}

/// The length before the name keeps ("ab", "c") apart from ("a", "bc").
fn binding(table: &str, key: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + table.len() + key.len());
    bytes.extend_from_slice(&u64::try_from(table.len()).unwrap_or(u64::MAX).to_be_bytes());
    bytes.extend_from_slice(table.as_bytes());
    bytes.extend_from_slice(key.as_bytes());
    bytes
}

fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes)
        .map_err(|error| StoreError::Unavailable(format!("the system gives no random bytes: {error}")))
}

/// Writes the key beside its place and links it there, so that the file is whole from its first moment, and a key that
/// another process made meanwhile is never written over.
fn create(path: &Path) -> Result<(), StoreError> {
    let mut key = [0_u8; KEY_BYTES];
    let mut suffix = [0_u8; 8];
    random(&mut key)?;
    random(&mut suffix)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}.new", u64::from_be_bytes(suffix)));
    let beside = PathBuf::from(name);
    let written = write_private(&beside, format!("{}\n", STANDARD.encode(key)).as_bytes())
        .and_then(|()| match fs::hard_link(&beside, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other,
        })
        .map_err(|error| trouble(path, error));
    // What is left beside it would be a second copy of a key.
    let removed = fs::remove_file(&beside).map_err(|error| trouble(&beside, error));
    written.and(removed)?;
    sync_folder_of(path).map_err(|error| trouble(path, error))
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = private().create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Opens for writing; what is made is readable and writable by its owner only.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A file is sure to be there after a power cut only when its folder was written too.
pub(crate) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

fn warn_if_others_may_read(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o007 != 0) {
            tracing::warn!(path = %path.display(), "every user of this machine may read the key file");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn trouble(path: &Path, why: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("key file {}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_corrupt(result: Result<Vec<u8>, StoreError>, row: &str) -> bool {
        matches!(result, Err(StoreError::Corrupt { ref key, .. }) if key == row)
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_own_row_with_its_own_key() {
        let vault = Vault::from_bytes([1; 32]);
        let sealed = vault.seal("bodies", "m1", b"my number is 5").unwrap();
        assert_eq!(vault.unseal("bodies", "m1", &sealed).unwrap(), b"my number is 5");
        assert!(is_corrupt(vault.unseal("bodies", "m2", &sealed), "m2"));
        assert!(is_corrupt(vault.unseal("bodie", "sm1", &sealed), "sm1"));
        assert!(is_corrupt(Vault::from_bytes([2; 32]).unseal("bodies", "m1", &sealed), "m1"));
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let vault = Vault::from_bytes([1; 32]);
        let sealed = vault.seal("bodies", "m1", b"yes").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(is_corrupt(vault.unseal("bodies", "m1", &changed), "m1"), "byte {place}");
            assert!(is_corrupt(vault.unseal("bodies", "m1", &sealed[..place]), "m1"), "cut at {place}");
        }
    }

    #[test]
    fn the_same_text_never_looks_the_same() {
        let vault = Vault::from_bytes([1; 32]);
        assert_ne!(vault.seal("bodies", "m1", b"yes").unwrap(), vault.seal("bodies", "m1", b"yes").unwrap());
    }

    #[test]
    fn a_key_file_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.key");
        let sealed = Vault::open_or_create(&path).unwrap().seal("bodies", "m1", b"yes").unwrap();
        let again = Vault::open_or_create(&path).unwrap();
        assert_eq!(again.unseal("bodies", "m1", &sealed).unwrap(), b"yes");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_file_with_anything_else_in_it_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.key");
        for wrong in ["", "not base64!", "c2hvcnQ="] {
            fs::write(&path, wrong).unwrap();
            let error = Vault::open_or_create(&path).unwrap_err();
            assert!(error.to_string().contains("vault.key"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
        }
    }
}
