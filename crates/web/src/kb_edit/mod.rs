//! Writing the knowledge base: drafts and their review, editions, memoranda with the changes of settings they bring, who
//! has read what, reports for editors, and questions.
//!
//! Owns the screens under `/kb/edit` and those beside the reading pages that belong to memoranda: `/kb/memos`,
//! `/kb/reading`, `/kb/forms`, `/kb/hot-tips`, `/kb/ask`, `/kb/inbox`. It does not own the reading of pages (`kb`), what may
//! be published (`domain::knowledge`), or the markup (the `knowledge` crate).
//!
//! To add a field of a page: [`form`]. To add a kind of setting that a memo can change: [`build`] makes the change,
//! [`settings`] says it in words. To add a report: a function in [`reports`], a route here, an entry in [`frame`].

mod ask;
mod build;
mod catalogue;
mod compare;
mod drafts;
mod editor;
mod files;
mod form;
mod frame;
mod links;
mod memos;
mod particulars;
mod readers;
mod reading;
mod reports;
mod review;
pub(crate) mod settings;
mod versions;

use domain::permission::Permission;

use crate::permit::Routes;

pub(crate) use compare::Comparisons;
pub(crate) use frame::named;

/// The routes of writing.
pub(crate) fn routes() -> Routes {
    let (write, approve) = (Permission::KnowledgeWrite, Permission::KnowledgeApprove);
    people(reading_side(
        Routes::new()
            .get("/kb/edit", write, drafts::list)
            .get("/kb/edit/new", write, drafts::new)
            .post("/kb/edit/new", write, drafts::create)
            .get("/kb/edit/page/{slug}", write, drafts::open)
            .post("/kb/edit/begin/{slug}", write, drafts::begin)
            .get("/kb/edit/draft/{slug}", write, editor::show)
            .post_large("/kb/edit/draft/{slug}", write, editor::save)
            .post_large("/kb/edit/auto/{slug}", write, editor::auto)
            .post_large("/kb/edit/preview", write, editor::preview)
            .post("/kb/edit/discard/{slug}", write, drafts::discard)
            .post_large("/kb/edit/files", write, files::put)
            .get("/kb/edit/pages", write, files::pages)
            .get("/kb/edit/review/{slug}", write, review::page_handler)
            .post("/kb/edit/review/{slug}/approve", approve, review::approve)
            .post("/kb/edit/review/{slug}/back", approve, review::back)
            .get("/kb/edit/versions/{slug}", write, versions::page)
            .post("/kb/edit/withdraw/{slug}", approve, versions::withdraw)
            .post("/kb/edit/reviewed/{slug}", write, reports::reviewed)
            .get("/kb/edit/memos", write, memos::editing)
            .get("/kb/edit/links", write, links::page)
            .get("/kb/edit/stale", write, reports::stale)
            .get("/kb/edit/feedback", write, reports::feedback)
            .post("/kb/edit/feedback/settle", write, reports::settle)
            .get("/kb/edit/searches", write, reports::searches)
            .get("/kb/edit/questions", write, ask::editors),
    ))
}

/// What everybody who reads has beside the pages themselves.
fn reading_side(routes: Routes) -> Routes {
    let read = Permission::Knowledge;
    routes
        .get("/kb/memos", read, memos::list)
        .get("/kb/reading", read, reading::list)
        .get("/kb/forms", read, catalogue::forms)
        .get("/kb/hot-tips", read, catalogue::hot_tips)
        .get("/kb/ask", read, ask::page)
        .post("/kb/ask", read, ask::send)
}

/// Supervisors and above: who has read, and what their people ask.
fn people(routes: Routes) -> Routes {
    let readers = Permission::KnowledgeReaders;
    routes
        .get("/kb/edit/readers", readers, readers::all)
        .get("/kb/edit/readers/{slug}", readers, readers::page)
        .get("/kb/edit/readers/{slug}/csv", readers, readers::csv)
        .post("/kb/edit/readers/{slug}/close", readers, readers::close)
        .get("/kb/inbox", readers, ask::inbox)
        .post("/kb/inbox/{id}/answer", readers, ask::answer)
        .post("/kb/inbox/{id}/forward", readers, ask::forward)
}
