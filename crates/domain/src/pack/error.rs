//! What can be wrong with a pack: one sentence, with the file and the line where an editor can mend it.

use std::fmt;

/// One fault in a pack. A pack with any fault is refused as a whole; all faults are reported at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PackError {
    /// Path within the pack, such as `sop/sms.toml`.
    pub file: String,
    /// Line from 1; absent when the whole file is missing.
    pub line: Option<usize>,
    /// What is wrong and, where it can be said, what would be right.
    pub message: String,
}

impl fmt::Display for PackError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.file, self.message),
            None => write!(out, "{}: {}", self.file, self.message),
        }
    }
}
