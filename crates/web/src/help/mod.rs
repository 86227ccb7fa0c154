//! The public help centre: `/` and `/help`, in English and Spanish, without an account and without a script.
//!
//! It shows public pages in force and nothing else, the number to text with its hours, and the numbers for danger. It owns
//! no pages: [`crate::kb`] renders them. To add a sentence: a field of [`words::Words`] in both languages.

mod home;
mod page;
mod search;
mod words;

use axum::http::{HeaderMap, Uri, header};

use crate::permit::{Access, Routes};

/// Routes of the help centre.
pub(crate) fn routes() -> Routes {
    let all = Access::Public;
    Routes::new()
        .get("/", all, home::start)
        .get("/help", all, home::help)
        .get("/help/search", all, search::page)
        .post("/help/search/count", all, search::count)
        .post("/help/question", all, page::general_question)
        .get("/help/file/{hash}", all, crate::kb::public_file)
        .get("/help/{slug}", all, page::show)
        .post("/help/{slug}/vote", all, page::vote)
        .post("/help/{slug}/question", all, page::question)
}

/// Whether whoever asked for this address is a visitor of the help centre who reads Spanish.
pub(crate) fn reads_spanish(address: &Uri, headers: &HeaderMap) -> bool {
    let path = address.path();
    if path != "/" && path != "/help" && !path.starts_with("/help/") {
        return false;
    }
    let chosen = address.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("lang="));
    // A form of a Spanish page says no language of its own; the page that it stands on does.
    let from = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let spanish_page = |address: &str| address.contains("/help/ayuda-") || address.contains("lang=es");
    chosen.is_none() && (spanish_page(path) || spanish_page(from))
        || is_spanish(chosen.unwrap_or_default(), headers)
}

/// Whether a visitor reads Spanish: what they chose, or else what their browser prefers.
pub(crate) fn is_spanish(chosen: &str, headers: &HeaderMap) -> bool {
    match chosen {
        "es" => return true,
        "en" => return false,
        _ => {}
    }
    let wanted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let weight = |language: &str| {
        wanted
            .split(',')
            .filter_map(|one| {
                let (name, rest) = one.split_once(';').unwrap_or((one, ""));
                let name = name.trim().to_lowercase();
                let same =
                    name == language || name.strip_prefix(language).is_some_and(|rest| rest.starts_with('-'));
                let q = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
                same.then_some(q?)
            })
            .fold(0.0_f32, f32::max)
    };
    weight("es") > weight("en")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn errors_of_the_help_centre_speak_the_visitors_language_and_no_other_part_does() {
        let es = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static("es-MX"))]);
        let none = HeaderMap::new();
        let of = |path: &'static str, headers: &HeaderMap| reads_spanish(&Uri::from_static(path), headers);
        assert!(
            of("/help/nowhere", &es)
                && of("/help/nowhere?lang=es", &none)
                && of("/help/ayuda-citas/vote", &none)
        );
        assert!(!of("/help/nowhere", &none) && !of("/help/nowhere?lang=en", &es) && !of("/desk", &es));
        let from = HeaderMap::from_iter([(
            header::REFERER,
            HeaderValue::from_static("http://x/help/search?lang=es&q=a"),
        )]);
        assert!(of("/help/question", &from));
    }

    #[test]
    fn the_choice_counts_and_else_the_browser() {
        let of = |text: &'static str| {
            HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(text))])
        };
        assert!(is_spanish("", &of("es-MX,es;q=0.9,en;q=0.8")));
        assert!(!is_spanish("", &of("en-US,en;q=0.9,es;q=0.8")));
        assert!(!is_spanish("", &of("de, *;q=0.1")) && !is_spanish("", &HeaderMap::new()));
        assert!(is_spanish("es", &of("en")) && !is_spanish("en", &of("es")));
        assert!(!is_spanish("", &of("estonian")));
    }
}
