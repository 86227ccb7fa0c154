//! What SQLite's errors mean to the store.

use rusqlite::ErrorCode;

use crate::StoreError;

/// Sorts an error of SQLite: no room, damaged, a fault of the program, or just not now.
pub(super) fn sort(error: rusqlite::Error) -> StoreError {
    match &error {
        rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DiskFull => StoreError::Full,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => damaged(&error.to_string()),
            ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch => {
                StoreError::Invalid(error.to_string())
            }
            _ => StoreError::Unavailable(error.to_string()),
        },
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..) => damaged(&error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// The data file itself is damaged.
pub(super) fn damaged(detail: &str) -> StoreError {
    StoreError::Corrupt { table: "data".to_owned(), key: "file".to_owned(), detail: detail.to_owned() }
}

/// An error that says nothing about the one job that met it, but about the disk: the whole group fails with it.
pub(super) fn concerns_everyone(error: &StoreError) -> bool {
    match error {
        StoreError::Full | StoreError::Unavailable(_) => true,
        StoreError::Corrupt { table, key, .. } => table == "data" && key == "file",
        _ => false,
    }
}
