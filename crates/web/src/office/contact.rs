//! `GET /contact`: the public contact page with the button that leads to booking (PHONE-APPT-23), in English and Spanish,
//! without an account and without a script.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::App;
use crate::error::Error;
use crate::help;
use crate::page::{Area, Page};

/// A number to call.
struct Phone {
    title: String,
    /// On a Spanish page the name is English: the agency gave no other.
    english: bool,
    address: String,
    shown: String,
}

#[derive(Template)]
#[template(path = "office/contact.html")]
struct Body {
    es: bool,
    agency: String,
    line: Option<(String, String)>,
    phones: Vec<Phone>,
    /// Whether visits can be booked here at all.
    books: bool,
}

/// See the module.
pub(crate) async fn page(
    State(app): State<App>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let es = help::is_spanish(query.get("lang").map(String::as_str).unwrap_or_default(), &headers);
    let pack = app.engine.pack();
    let line = pack.agency.lines.iter().find(|line| line.channel == "sms");
    // A line for texts stands by itself, and nobody calls a fax.
    let phones =
        pack.agency.phone_numbers.iter().filter(|phone| {
            Some(&phone.number) != line.map(|line| &line.number) && !phone.id.ends_with("fax")
        });
    let body = Body {
        es,
        agency: pack.agency.name.clone(),
        line: line.map(|line| (line.number.clone(), line.shown.clone())),
        phones: phones
            .map(|phone| Phone {
                title: phone.title_es.as_ref().filter(|_| es).unwrap_or(&phone.title).clone(),
                english: es && phone.title_es.is_none(),
                address: phone.number.clone(),
                shown: phone.shown.clone(),
            })
            .collect(),
        books: pack.appointments.is_some(),
    };
    let title = if es { "Contáctenos" } else { "Contact us" };
    Page::new(title, Area::Outside)
        .language(if es { "es" } else { "en" })
        .style("visits.css")
        .style("visits_dark.css")
        .show(&app, &body)
}
