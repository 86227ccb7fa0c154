//! Carriers and their health, the agency's lines with their pace, and what waits in each lane of the outbox.

use axum::extract::{Query, State};
use axum::response::Response;

use super::frame::{Cell, Frame, Listing, Said, Table, page as whole};
use crate::error::Error;
use crate::session::SignedIn;
use crate::{App, shown};

/// `GET /admin/carriers`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (pack, health, zone) = (app.engine.pack(), app.engine.health(), app.engine.zone());
    let lanes = app.engine.store().lanes().await?;
    let waiting = |lane: &str| lanes.iter().find(|(name, _)| name == lane).map_or(0, |(_, count)| *count);
    let time = |at: Option<i64>| {
        at.map_or_else(|| "never since the start".to_owned(), |at| shown::date_time(at, &zone))
    };
    let carriers = health.carriers.iter().map(|(name, carrier)| {
        let failing = carrier.last_error_at > carrier.last_success_at;
        vec![
            Cell::new(name).badge(
                if failing { "badge--bad" } else { "badge--ok" },
                if failing { "Last attempt failed" } else { "Well" },
            ),
            Cell::new(time(carrier.last_success_at)),
            Cell::new(time(carrier.last_error_at)).sub(carrier.last_error.clone().unwrap_or_default()),
        ]
    });
    let lines = pack.agency.lines.iter().map(|line| {
        vec![
            Cell::new(&line.shown)
                .sub(format!("{}, {}", line.id, line.channel))
                .clause(Some(line.clause.clone())),
            Cell::new(format!("{} texts a second", line.pace_per_second)),
            Cell::new(waiting(&line.id).to_string()),
            Cell::new(&line.queue),
        ]
    });
    let known = |lane: &str| pack.agency.lines.iter().any(|line| line.id == lane);
    let others = lanes
        .iter()
        .filter(|(lane, _)| !known(lane))
        .map(|(lane, count)| vec![Cell::new(lane), Cell::new(count.to_string())]);
    let body = Listing {
        frame: Frame::new(&me, "/admin/carriers", &query),
        title: "Carriers",
        intro: "The ways out. What a line's pace does not let through waits in the outbox; nothing is dropped.",
        search: Vec::new(),
        tables: vec![
            table(
                "Carriers",
                vec!["Carrier", "Last success", "Last error"],
                carriers.collect(),
                "Nothing has been sent since the start.",
            ),
            table(
                "Lines",
                vec!["Line", "Pace", "Waiting in the outbox", "Queue"],
                lines.collect(),
                "No line is set up.",
            ),
            table(
                "Other lanes of the outbox",
                vec!["Lane", "Waiting"],
                others.collect(),
                "Nothing waits outside of the lines.",
            ),
        ],
    };
    whole("Carriers", &me).show(&app, &body)
}

fn table(title: &str, columns: Vec<&'static str>, rows: Vec<Vec<Cell>>, empty: &'static str) -> Table {
    Table { title: title.to_owned(), columns, rows, empty, new: None }
}
