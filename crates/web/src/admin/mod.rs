//! Administration: people, settings, the canned response library, and what an operator looks after.
//!
//! Owns the screens under `/admin`. Every change goes through [`engine::Engine::save`], which writes the record, its
//! history and an audit line together and lets it take force at once. A form carries the version it was made from; when
//! somebody else was quicker, both versions are shown and nothing is overwritten ([`record`]).
//!
//! To add a kind of record: its fields and their reading in a file here, an entry in [`record::KINDS`], its routes.

mod audit;
mod canned;
mod carriers;
mod clauses;
mod closures;
mod codes;
pub(crate) mod diff;
pub(crate) mod form;
pub(crate) mod frame;
mod free_times;
mod history;
mod hours;
mod in_force;
mod letters;
mod lines;
mod mail;
mod offices;
mod outbox;
mod people;
mod queues;
mod reached;
mod record;
mod sop;
mod visits;

use domain::permission::Permission;
use engine::records;

use crate::permit::Routes;

/// The administration's routes.
#[must_use]
pub fn routes() -> Routes {
    book(settings(content(operation(
        Routes::new()
            .get("/admin", Permission::AdminRead, frame::start)
            .get("/admin/people", Permission::AdminRead, people::list)
            .get("/admin/people/new", Permission::Settings, people::new)
            .post("/admin/people/new", Permission::Settings, people::create)
            .get("/admin/people/{id}", Permission::AdminRead, people::edit)
            .post("/admin/people/{id}", Permission::People, people::save)
            .post("/admin/people/{id}/password", Permission::Settings, people::password)
            .get("/admin/people/{id}/history", Permission::AdminRead, |a, m, p, q| {
                history::page(records::ACCOUNT, a, m, p, q)
            })
            .post("/admin/people/{id}/restore", Permission::Settings, |a, m, p, f| {
                history::restore(records::ACCOUNT, a, m, p, f)
            }),
    ))))
}

/// Offices, kinds of visits and the book's rules.
fn book(routes: Routes) -> Routes {
    let admin = Permission::AppointmentsAdmin;
    routes
        .get("/admin/offices", Permission::AdminRead, offices::list)
        .get("/admin/whom-to-call", Permission::AdminRead, reached::list)
        .get("/admin/offices/{id}", Permission::AdminRead, offices::edit)
        .post("/admin/offices/{id}", admin, offices::save)
        .get("/admin/offices/{id}/closures", Permission::AdminRead, closures::list)
        .post("/admin/offices/{id}/closures", admin, closures::save)
        .post("/admin/offices/{id}/feed", admin, offices::feed)
        .get("/admin/offices/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::OFFICE, a, m, p, q)
        })
        .post("/admin/offices/{id}/restore", admin, |a, m, p, f| {
            history::restore(records::OFFICE, a, m, p, f)
        })
        .get("/admin/visits/{id}", Permission::AdminRead, visits::edit)
        .post("/admin/visits/{id}", admin, visits::save)
        .get("/admin/visits/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::VISIT_TYPE, a, m, p, q)
        })
        .post("/admin/visits/{id}/restore", admin, |a, m, p, f| {
            history::restore(records::VISIT_TYPE, a, m, p, f)
        })
        .get("/admin/visit-lines/{id}", Permission::AdminRead, lines::edit)
        .post("/admin/visit-lines/{id}", admin, lines::save)
        .get("/admin/visit-lines/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::TELL, a, m, p, q)
        })
        .post("/admin/visit-lines/{id}/restore", admin, |a, m, p, f| {
            history::restore(records::TELL, a, m, p, f)
        })
        .get("/admin/visit-texts/{id}", Permission::AdminRead, lines::edit_text)
        .post("/admin/visit-texts/{id}", admin, lines::save_text)
        .get("/admin/visit-texts/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::NOTICE_TEXT, a, m, p, q)
        })
        .post("/admin/visit-texts/{id}/restore", admin, |a, m, p, f| {
            history::restore(records::NOTICE_TEXT, a, m, p, f)
        })
        .get("/admin/visit-rules", Permission::AdminRead, visits::rules)
        .post("/admin/visit-rules", admin, visits::save_rules)
}

fn settings(routes: Routes) -> Routes {
    routes
        .get("/admin/queues", Permission::AdminRead, queues::list)
        .get("/admin/queues/{id}", Permission::AdminRead, queues::edit)
        .post("/admin/queues/{id}", Permission::Settings, queues::save)
        .get("/admin/queues/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::QUEUE, a, m, p, q)
        })
        .post("/admin/queues/{id}/restore", Permission::Settings, |a, m, p, f| {
            history::restore(records::QUEUE, a, m, p, f)
        })
        .get("/admin/hours/{id}", Permission::AdminRead, hours::edit)
        .post("/admin/hours/{id}", Permission::Settings, hours::save)
        .get("/admin/hours/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::HOURS, a, m, p, q)
        })
        .post("/admin/hours/{id}/restore", Permission::Settings, |a, m, p, f| {
            history::restore(records::HOURS, a, m, p, f)
        })
        .get("/admin/codes", Permission::AdminRead, codes::list)
        .get("/admin/codes/{id}", Permission::AdminRead, codes::edit)
        .post("/admin/codes/{id}", Permission::Settings, codes::save)
        .post("/admin/codes/{id}/delete", Permission::Settings, codes::delete)
        .get("/admin/codes/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::WRAP_UP_CODE, a, m, p, q)
        })
        .post("/admin/codes/{id}/restore", Permission::Settings, |a, m, p, f| {
            history::restore(records::WRAP_UP_CODE, a, m, p, f)
        })
        .get("/admin/reasons/{id}", Permission::AdminRead, codes::edit_reason)
        .post("/admin/reasons/{id}", Permission::Settings, codes::save_reason)
        .post("/admin/reasons/{id}/delete", Permission::Settings, codes::delete_reason)
        .get("/admin/reasons/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::REASON, a, m, p, q)
        })
        .post("/admin/reasons/{id}/restore", Permission::Settings, |a, m, p, f| {
            history::restore(records::REASON, a, m, p, f)
        })
        .get("/admin/sop", Permission::AdminRead, sop::page)
        .get("/admin/sop/new", Permission::Settings, sop::new)
        .post("/admin/sop/new", Permission::Settings, sop::create)
        .get("/admin/sop/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::SOP_SMS, a, m, p, q)
        })
}

fn content(routes: Routes) -> Routes {
    routes
        .get("/admin/canned", Permission::AdminRead, canned::list)
        .get("/admin/canned/count", Permission::AdminRead, canned::count)
        .get("/admin/canned/new", Permission::Content, canned::new)
        .get("/admin/canned/{id}", Permission::AdminRead, canned::edit)
        .post("/admin/canned/{id}", Permission::Content, canned::save)
        .get("/admin/canned/{id}/history", Permission::AdminRead, |a, m, p, q| {
            history::page(records::CANNED, a, m, p, q)
        })
        .post("/admin/canned/{id}/restore", Permission::Content, |a, m, p, f| {
            history::restore(records::CANNED, a, m, p, f)
        })
        .get("/admin/clauses", Permission::AdminRead, clauses::list)
}

fn operation(routes: Routes) -> Routes {
    routes
        .get("/admin/carriers", Permission::Operate, carriers::page)
        .get("/admin/outbox", Permission::Operate, outbox::page)
        .post("/admin/outbox/{id}/again", Permission::Operate, outbox::again)
        .get("/admin/letters", Permission::Operate, letters::list)
        .get("/admin/letters/{id}", Permission::Operate, letters::show)
        .post("/admin/letters/{id}/replay", Permission::Operate, letters::replay)
        .post("/admin/letters/{id}/aside", Permission::Operate, letters::aside)
        .get("/admin/mail", Permission::Operate, mail::page)
        .get("/admin/audit", Permission::Audit, audit::page)
        .post("/admin/audit/verify", Permission::Audit, audit::verify)
}
