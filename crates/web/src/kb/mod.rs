//! The knowledge base as staff read it, under `/kb`: home, tree, pages and memos, search, files, and what readers say.
//!
//! It decides nothing: what is in force and who may read it is [`domain::knowledge`]'s, the words of a page become HTML in
//! [`knowledge::markup`], finding is the engine's. [`view`] gathers what stands around a text, [`shelf`] keeps what was made
//! ready. Visitors read the public pages through [`crate::help`]. Writing pages has its screens elsewhere.
//!
//! To show one more thing of a page: a field of [`view::Article`] and its place in `templates/kb/article.html`.

mod around;
mod article;
mod clause;
mod days;
mod files;
mod home;
mod leaf;
mod linked;
mod memo;
mod panel;
mod say;
pub(crate) mod search;
mod shape;
mod shelf;
mod tree;
mod view;

use domain::permission::Permission;
use domain::refusal::Refusal;
use engine::pages::KnowledgeError;

pub(crate) use around::day as asked_day;
pub(crate) use clause::reading_place;
pub(crate) use days::{clock_words, day_words};
pub(crate) use files::public_file;
pub(crate) use leaf::Leaf;
pub(crate) use memo::{Row, WEEK, hours_rows, readers};
pub(crate) use say::{Asking, Voting, public_question, public_vote};
pub(crate) use shape::{Door, Shown};
pub(crate) use shelf::{Shelf, shown};
pub(crate) use view::{Card, card, origin};

use crate::error::Error;
use crate::permit::Routes;

/// Routes of the knowledge base.
pub(crate) fn routes() -> Routes {
    let read = Permission::Knowledge;
    Routes::new()
        .get("/kb", read, home::home)
        .get("/kb/categories", read, home::categories)
        .get("/kb/search", read, search::page)
        .post("/kb/search/count", read, search::count)
        .post("/kb/question", read, say::general_question)
        .get("/kb/by-clause/{id}", read, clause::by_clause)
        .get("/kb/file/{hash}", read, files::file)
        .get("/kb/{slug}", read, article::show)
        .get("/kb/{slug}/branch", read, tree::branch)
        .get("/kb/{slug}/panel", read, panel::show)
        .post("/kb/{slug}/vote", read, say::vote)
        .post("/kb/{slug}/question", read, say::question)
        .post("/kb/{slug}/acknowledge", read, say::acknowledge)
}

/// What the engine says about pages, as this crate's errors.
pub(crate) fn error(error: KnowledgeError) -> Error {
    match error {
        KnowledgeError::Faults(faults) => match faults.into_iter().next() {
            Some(fault) => match fault.clause {
                Some(clause) => Error::Refused(Box::new(Refusal::clause("not_open", clause, fault.says))),
                None => Error::Invalid(fault.says),
            },
            None => Error::fault("a form was refused without a reason"),
        },
        KnowledgeError::Conflict => Error::Changed,
        KnowledgeError::NotFound(_) => Error::NotFound,
        KnowledgeError::Engine(error) => error.into(),
    }
}

/// The line at the foot of every page of the knowledge base (KB-PAGE-11).
pub(crate) const FOOT: &str = "© 2025 IM Resources.";
