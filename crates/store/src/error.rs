//! What can go wrong when storing. A refusal of the domain is not an error and never comes from here.

/// Errors of every store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A stream was written by somebody else since it was loaded: load and decide again.
    #[error("stream {stream} was changed meanwhile")]
    Conflict {
        /// The stream whose version did not match.
        stream: String,
    },
    /// The inbound key was stored before: this input has been accepted already.
    #[error("this input was stored before")]
    Duplicate,
    /// A unique name is held by another owner.
    #[error("{name} is taken")]
    Taken {
        /// The unique name.
        name: String,
        /// Who holds it.
        owner: String,
    },
    /// A record is not at the expected version.
    #[error("{kind} {id} was changed meanwhile")]
    RecordConflict {
        /// Kind of the record.
        kind: String,
        /// Id of the record.
        id: String,
    },
    /// The commit contradicts itself or what is stored (an effect id used twice, a snapshot that leaves out events): a
    /// fault of the program, which trying again does not mend.
    #[error("the commit makes no sense: {0}")]
    Invalid(String),
    /// No room left on the disk. Nothing was written.
    #[error("the disk is full; nothing was written")]
    Full,
    /// The store cannot answer now.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Something stored cannot be read back.
    #[error("{table} {key} cannot be read: {detail}")]
    Corrupt {
        /// Table.
        table: String,
        /// Key of the row.
        key: String,
        /// What is wrong.
        detail: String,
    },
}
