//! The floor: what a supervisor sees live, the contacts that are done, and the acts on them.
//!
//! Owns the screens under `/floor` and the figures of the day ([`figures`], [`today`]). It decides nothing: acts become
//! commands of the engine, and what may be done is refused there. Reading a transcript leaves an audit line.
//!
//! To add a part to the live floor: a function from [`look::Look`] to lines, a template with an id, and a line in
//! [`live`].

mod acts;
mod alerts;
mod done;
mod export;
pub(crate) mod figures;
mod live;
mod look;
mod offers;
mod open;
mod people;
mod queues;
mod read;
mod ringing;
mod today;
pub(crate) mod words;

pub use live::Live;

use domain::permission::Permission;

use crate::permit::Routes;

/// The floor's routes.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/floor", Permission::Floor, live::page)
        .get("/floor/done", Permission::Floor, done::page)
        .get("/floor/done.csv", Permission::Floor, export::csv)
        .get("/floor/interactions/{id}", Permission::Floor, read::page)
        .post("/floor/interactions/{id}/transfer", Permission::FloorAct, acts::transfer)
        .post("/floor/interactions/{id}/take", Permission::FloorAct, acts::take)
        .post("/floor/people/{id}/off", Permission::FloorAct, acts::off_queue)
}
