//! Attachments: bytes kept encrypted beside the log under the hash of their content, so that no name of theirs is ever a
//! path, and the same file is kept once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::knowledge::{Attachment, Fault};
use sha2::{Digest, Sha256};
use store::{BodyChange, Commit};

use super::{KnowledgeError, audit};
use crate::Engine;

/// Largest attachment, in bytes.
pub const FILE_MAX: usize = 5 * 1024 * 1024;
/// Longest name, in characters.
const NAME_MAX: usize = 120;

/// Why a file is not taken.
pub type FileFault = Fault;

impl Engine {
    /// Keeps a file. Pictures are PNG, JPEG, GIF or WebP; documents are PDF, CSV or plain text. What it is, is found from
    /// its bytes, never from its name: SVG and HTML, which can hold scripts, are refused.
    ///
    /// # Errors
    /// A fault that says what is wrong with it.
    pub async fn put_file(&self, name: &str, bytes: &[u8], by: &str) -> Result<Attachment, KnowledgeError> {
        let attachment = described(name, bytes)?;
        let media = attachment.media.as_str();
        let key = key_of(&attachment.hash);
        if self.inner.store.bodies(std::slice::from_ref(&key)).await?.into_iter().flatten().next().is_none() {
            let commit = Commit {
                bodies: vec![BodyChange::Put { key, text: STANDARD.encode(bytes) }],
                audit: vec![audit(
                    self.now(),
                    by,
                    "put_file",
                    &attachment.hash,
                    serde_json::json!({"name": attachment.name, "media": media, "size": attachment.size}),
                )],
                ..Commit::default()
            };
            self.commit(commit).await?;
        }
        Ok(attachment)
    }

    /// The bytes of a file that this program keeps.
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`] when the hash is none of ours.
    pub async fn file(&self, hash: &str) -> Result<Vec<u8>, KnowledgeError> {
        let missing = || KnowledgeError::NotFound("file of this name".to_owned());
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(missing());
        }
        let found = self.inner.store.bodies(&[key_of(hash)]).await?.into_iter().flatten().next();
        STANDARD.decode(found.ok_or_else(missing)?).map_err(|_| missing())
    }
}

/// What a file is, by its bytes and the plain form of its name.
pub(super) fn described(name: &str, bytes: &[u8]) -> Result<Attachment, KnowledgeError> {
    let fault = |says: &str| Fault { field: "file", says: says.to_owned(), clause: None };
    if bytes.is_empty() {
        return Err(fault("The file is empty.").into());
    }
    if bytes.len() > FILE_MAX {
        return Err(fault("The file is larger than 5 MB.").into());
    }
    let media = media_of(bytes).ok_or_else(|| {
        fault("Only PNG, JPEG, GIF and WebP pictures, PDF, and plain text or CSV in UTF-8 can be attached.")
    })?;
    Ok(Attachment {
        hash: sha256(bytes),
        name: plain_name(name),
        media: media.to_owned(),
        size: bytes.len() as u64,
    })
}

fn key_of(hash: &str) -> String {
    format!("file.{hash}")
}

/// Hex SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut out, byte| {
        // Writing into a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The media type by the first bytes.
fn media_of(bytes: &[u8]) -> Option<&'static str> {
    let begins = |with: &[u8]| bytes.starts_with(with);
    if begins(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if begins(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if begins(b"GIF87a") || begins(b"GIF89a") {
        Some("image/gif")
    } else if begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice()) {
        Some("image/webp")
    } else if begins(b"%PDF-") {
        Some("application/pdf")
    } else {
        let text = std::str::from_utf8(bytes).ok()?;
        let markup = text.trim_start().starts_with('<');
        let control = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
        (!markup && !control).then_some("text/plain")
    }
}

/// The last part of a path, without what a shell or a screen could misread.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '<' | '>' | '"' | '\'' | '&' | ':' | '|' | '?' | '*'))
        .filter(|c| !matches!(*c as u32, 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069))
        .take(NAME_MAX)
        .collect();
    let kept = kept.trim().trim_start_matches('.').trim();
    if kept.is_empty() { "file".to_owned() } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\win.ini", "win.ini"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            ("a\u{202e}gnp.exe", "agnp.exe"),
            ("", "file"),
            ("chart of dates.pdf", "chart of dates.pdf"),
        ] {
            assert_eq!(plain_name(given), kept);
        }
    }

    #[test]
    fn what_a_file_is_comes_from_its_bytes() {
        assert_eq!(media_of(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(media_of(b"plain words\nand more"), Some("text/plain"));
        for refused in
            [b"<svg onload=x>".as_slice(), b"  <!doctype html>", b"\x00\x01", b"MZ\x90\x00", b"\xff\xfe<"]
        {
            assert_eq!(media_of(refused), None);
        }
    }
}
