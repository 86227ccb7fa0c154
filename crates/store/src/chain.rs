//! The hash chain of the audit log.
//!
//! It owns how a line is hashed and how a chain is walked; both stores use it, so a line hashes to the same value
//! wherever it is kept. It does not store anything.
//!
//! The hash covers every field with its length before it, so that no two different lines can run together to the
//! same bytes. Changing this file breaks every chain written before: a new form needs a new column, not an edit.

use sha2::{Digest, Sha256};

use crate::{AuditLine, StoreError, StoredAudit};

/// The hash that stands before the first line.
pub(crate) const START: &str = "";

/// Seals a line as number `seq` behind the line whose hash is `previous`.
pub(crate) fn seal(previous: &str, seq: i64, line: &AuditLine) -> StoredAudit {
    StoredAudit {
        seq,
        at: line.at,
        actor: line.actor.clone(),
        action: line.action.clone(),
        subject: line.subject.clone(),
        detail: line.detail.clone(),
        hash: hash(previous, seq, line),
    }
}

fn hash(previous: &str, seq: i64, line: &AuditLine) -> String {
    let mut digest = Sha256::new();
    let (seq, at) = (seq.to_be_bytes(), line.at.to_be_bytes());
    let fields: [&[u8]; 7] = [
        previous.as_bytes(),
        &seq,
        &at,
        line.actor.as_bytes(),
        line.action.as_bytes(),
        line.subject.as_bytes(),
        line.detail.as_bytes(),
    ];
    for field in fields {
        digest.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(field);
    }
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Walks a chain line by line.
#[derive(Debug)]
pub(crate) struct Walk {
    previous: String,
    seq: i64,
}

impl Walk {
    /// Starts before the first line.
    pub(crate) fn new() -> Self {
        Self { previous: START.to_owned(), seq: 0 }
    }

    /// Takes the next line, or says that the chain breaks at it.
    pub(crate) fn step(&mut self, stored: &StoredAudit) -> Result<(), StoreError> {
        self.seq += 1;
        if stored.seq != self.seq {
            return Err(broken(self.seq, format!("it is missing; line {} follows", stored.seq)));
        }
        let line = AuditLine {
            at: stored.at,
            actor: stored.actor.clone(),
            action: stored.action.clone(),
            subject: stored.subject.clone(),
            detail: stored.detail.clone(),
        };
        let expected = hash(&self.previous, stored.seq, &line);
        if expected != stored.hash {
            return Err(broken(
                stored.seq,
                "its hash does not fit its content and the line before".to_owned(),
            ));
        }
        self.previous = expected;
        Ok(())
    }

    /// Ends the walk: `newest` is the number of the last line ever written. Returns how many lines are intact.
    pub(crate) fn finish(self, newest: i64) -> Result<u64, StoreError> {
        if newest != self.seq {
            return Err(broken(self.seq + 1, format!("it is missing, though line {newest} was written")));
        }
        Ok(u64::try_from(self.seq).unwrap_or_default())
    }
}

fn broken(seq: i64, detail: String) -> StoreError {
    StoreError::Corrupt { table: "audit".to_owned(), key: seq.to_string(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(actor: &str, action: &str) -> AuditLine {
        AuditLine {
            at: 5,
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: "record".to_owned(),
            detail: "{}".to_owned(),
        }
    }

    #[test]
    fn moving_a_letter_between_fields_changes_the_hash() {
        assert_ne!(seal(START, 1, &line("ab", "c")).hash, seal(START, 1, &line("a", "bc")).hash);
    }

    #[test]
    fn the_hash_of_a_known_line_never_changes() {
        assert_eq!(
            seal(START, 1, &line("staff:1", "read")).hash,
            "b2ffce0067953efdea01c8599d2c2bc62657b051c06ffcea00a851c7459c165b"
        );
    }

    #[test]
    fn a_missing_last_line_is_named() {
        let first = seal(START, 1, &line("a", "b"));
        let mut walk = Walk::new();
        walk.step(&first).unwrap();
        let error = walk.finish(2).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { ref key, .. } if key == "2"), "{error}");
    }
}
