//! The knowledge base: pages with their editions, drafts and their review, memoranda with the changes they carry, and
//! who still has to read what.
//!
//! It owns what is in force on a day, who may see it, and what may be published. It does not own the markup of a page
//! (the `knowledge` crate), how pages are found (the `search` crate), or where they are kept (the engine).
//!
//! To add a kind of page: a variant of [`Kind`]. To add something that a memo may carry: a field of [`Memo`] and its rule
//! in [`publish`].

mod changes;
mod library;
mod model;
mod publish;
mod reading;
mod spoken;
mod text_hours;

pub use changes::{Dated, Difference, apply_changes, differences, patch};
pub use library::{Library, Node, Standing, Viewer};
pub use model::{
    Attachment, Audience, BODY_MAX, Draft, DraftState, Edition, Kind, Memo, Page, Required, SettingChange,
    Source, Text, Withdrawn, edition_id, is_slug, number_key, slug_of,
};
pub use publish::{Approved, Fault, approve, check, install, restore, send_back, submit, withdraw};
pub use reading::{Owed, PROCEDURE_PREFIX, owed, procedure_of, reaches};
pub use spoken::{days_words, is_usual, spans_words, visible, week_words, weekday_word, with_hours};
pub use text_hours::text_hours;

#[cfg(test)]
mod tests;
