//! Searching the knowledge base, and the public help centre, over the shipped pack.

use axum::body::Body;
use axum::http::StatusCode;
use engine::pages::Route;

use crate::kb_reading::{between, draft, ok, open, plain, publish};
use crate::site::{Answer, Site, request};

#[tokio::test]
async fn searching_works_as_a_page_as_a_fragment_and_as_json() {
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/search?q=greeting").await;
    assert!(page.contains("<!DOCTYPE html>") && page.contains("data-kb-hit") && page.contains("<mark>"));
    let fragment = request("GET", "/kb/search?q=greeting")
        .header("cookie", &browser.cookie)
        .header("hx-request", "true");
    let fragment = site.ask(fragment.body(Body::empty()).unwrap()).await;
    assert!(!fragment.text.contains("<html") && fragment.text.contains("data-kb-total"));
    let memos = ok(&browser, "/kb/search?q=hours&kind=memo").await;
    assert!(
        memos.contains("/kb/im-31")
            && !between(&memos, "kb-hits__list", "</ol>").contains("/kb/phone-numbers-and-hours")
    );
    let json: serde_json::Value =
        serde_json::from_str(&ok(&browser, "/api/v1/knowledge/search?q=greeting&limit=2").await).unwrap();
    assert!(
        json["total"].as_u64().unwrap() > 0 && json["hits"][0]["url"].as_str().unwrap().starts_with("/kb/"),
        "{json}"
    );
    assert!(json["hits"].as_array().unwrap().len() <= 2);
    let nothing = ok(&browser, "/kb/search?q=zzzzqq").await;
    assert!(nothing.contains("Nothing found for") && nothing.contains("Ask the editors"));
    let long = "x".repeat(2_001);
    assert!(ok(&browser, &format!("/kb/search?q={long}")).await.contains("2000 characters at most"));
    assert_eq!(
        browser.get(&format!("/api/v1/knowledge/search?q={long}")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let hostile = ok(&browser, "/kb/search?q=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!hostile.contains("<script>alert"));
    let turned = ok(&browser, "/kb/search?q=zzzz%E2%80%AEqq").await;
    assert!(turned.contains("Nothing found for “zzzz[U+202E]qq”"), "a letter that nobody sees is said");
}

#[tokio::test]
async fn a_search_is_counted_when_it_has_settled_and_never_letter_by_letter() {
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    for typed in ["g", "gr", "greet"] {
        let asked = request("GET", &format!("/kb/search?q={typed}"))
            .header("cookie", &browser.cookie)
            .header("hx-request", "true");
        assert_eq!(site.ask(asked.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    }
    ok(&browser, "/api/v1/knowledge/search?q=greet").await;
    assert!(site.engine.searches().await.unwrap().is_empty());
    assert_eq!(
        browser.post("/kb/search/count", &[("q", "greeting"), ("found", "yes")]).await.status,
        StatusCode::NO_CONTENT
    );
    ok(&browser, "/kb/search?q=greeting&counted=1").await;
    ok(&browser, "/kb/search?q=zzzzqq").await;
    browser.post("/kb/search/count", &[("q", "greeting"), ("found", "yes"), ("opened", "yes")]).await;
    let mut counted = site.engine.searches().await.unwrap();
    counted.sort_by(|a, b| a.text.cmp(&b.text));
    let of =
        |at: usize| (counted[at].text.as_str(), counted[at].times, counted[at].empty, counted[at].opened);
    assert_eq!((counted.len(), of(0), of(1)), (2, ("greeting", 1, 0, 1), ("zzzzqq", 1, 1, 0)));
}

#[tokio::test]
async fn without_an_index_the_tree_leads_on_and_says_why() {
    let site = Site::new().await;
    publish(&site, draft("alone", "Words.\n")).await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/search?q=words").await;
    assert!(page.contains("Search is being prepared") && page.contains("href=\"/kb/alone\""));
    let api = browser.get("/api/v1/knowledge/search?q=words").await;
    assert_eq!((api.status, api.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    assert!(open(&site, "/help/search?q=words&lang=es").await.contains("La búsqueda se está preparando"));
}

#[tokio::test]
async fn the_help_centre_speaks_both_languages_and_shows_public_pages_only() {
    let site = Site::reading().await;
    let english = open(&site, "/").await;
    assert!(
        english.contains("<html lang=\"en\">")
            && english.contains("855-684-9242")
            && english.contains("1-800-392-3738")
    );
    assert!(english.contains("href=\"/help/help-text-us\"") && english.contains("href=\"/sign-in\""));
    let spanish = site
        .ask(
            request("GET", "/")
                .header("accept-language", "es-MX,es;q=0.9,en;q=0.5")
                .body(Body::empty())
                .unwrap(),
        )
        .await
        .text;
    assert!(spanish.contains("<html lang=\"es\">") && spanish.contains("¿Cómo podemos ayudarle?"));
    assert!(
        spanish.contains("href=\"/help/ayuda-mensajes-de-texto\"") && !spanish.contains("/help/help-text-us")
    );
    assert!(open(&site, "/?lang=es").await.contains("¿Cómo podemos"));
    let page = open(&site, "/help/ayuda-mensajes-de-texto").await;
    assert!(
        page.contains("<html lang=\"es\">") && page.contains("href=\"/help/help-text-us\" hreflang=\"en\"")
    );
    for hidden in ["sms-text-sop", "im-31", "nothing-here"] {
        assert_eq!(site.get(&format!("/help/{hidden}")).await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    let supervisor = site.sign_in("supervisor").await;
    assert_eq!(
        supervisor.get("/help/sms-text-sop").await.status,
        StatusCode::NOT_FOUND,
        "not even for those who may"
    );
    assert_eq!(supervisor.get("/").await.status, StatusCode::SEE_OTHER, "staff reach their own screen");
    let found = open(&site, "/help/search?q=texto&lang=es").await;
    assert!(found.contains("/help/ayuda-") && !found.contains("/kb/"));
}

#[tokio::test]
async fn the_help_centre_says_whether_somebody_answers_now_and_else_from_when() {
    // IM31-HOURS-5: the hours come from the one calendar.
    let site = Site::reading().await;
    assert!(plain(&open(&site, "/?lang=en").await).contains("We are here now until 6:00 pm"));
    site.pass(10 * 3_600_000);
    assert!(
        plain(&open(&site, "/?lang=en").await).contains("We are closed now We are back Thursday at 6:00 am.")
    );
    site.pass(2 * 24 * 3_600_000);
    assert!(
        plain(&open(&site, "/?lang=es").await)
            .contains("Ahora estamos cerrados Volvemos el lunes a las 6:00 a. m.")
    );
}

#[tokio::test]
async fn a_visitor_votes_once_and_what_they_miss_reaches_the_editors() {
    let site = Site::reading().await;
    let vote = async |helpful: &str, cookie: &str| -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("edition", "1"), ("helpful", helpful), ("comment", "")]);
        let sent = request("POST", "/help/help-text-us/vote")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie);
        site.ask(sent.body(Body::from(form.finish())).unwrap()).await
    };
    let first = vote("yes", "").await;
    assert_eq!(first.header("location"), "/help/help-text-us?said=vote#kb-said");
    vote("no", &first.cookie().unwrap()).await;
    let votes = site.engine.votes().await.unwrap();
    assert_eq!((votes.len(), votes[0].helpful, votes[0].role.as_str()), (1, false, "public"));
    assert!(
        !votes[0].reader.contains(first.cookie().unwrap().trim_start_matches("visitor=")),
        "no cookie is kept"
    );
    let answer = site
        .post_form("/help/help-text-us/question", &[("edition", "1"), ("text", "Can I text in Bosnian?")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let questions = site.engine.questions().await.unwrap();
    assert_eq!((questions[0].route.clone(), questions[0].by.as_str()), (Route::Editors, ""));
    // A page for staff takes nothing from visitors.
    let closed = site.post_form("/help/sms-text-sop/question", &[("edition", "1"), ("text", "Can I?")]).await;
    assert_eq!(closed.status, StatusCode::NOT_FOUND);
    // Nobody fills the store from one address.
    let mut last = StatusCode::SEE_OTHER;
    for _ in 0..80 {
        last = site
            .post_form("/help/help-text-us/question", &[("edition", "1"), ("text", "again")])
            .await
            .status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_spanish_help_centre_is_spanish_to_its_last_word_and_so_are_its_errors() {
    let site = Site::reading().await;
    let home = plain(&open(&site, "/help?lang=es").await);
    for english in ["Text messages", "Interview line", "Unemployment claims", "Hotline", "EBT card holders"] {
        assert!(!home.contains(english), "{english} in {home}");
    }
    assert!(home.contains("Línea de entrevistas") && home.contains("Mensajes de texto"));
    let missing = site.get("/help/nowhere?lang=es").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(
        missing.text.contains("<html lang=\"es\">")
            && missing.text.contains("No hay nada en esta dirección."),
        "{}",
        missing.text
    );
    assert!(!plain(&missing.text).contains("Start page"));
    let english = site.get("/help/nowhere?lang=en").await;
    assert!(english.text.contains("There is nothing at this address."));
    let short = [("edition", "1"), ("text", "a")];
    let refused = site.post_form("/help/ayuda-mensajes-de-texto/question", &short).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Falta algo en lo que escribió"), "{}", refused.text);
    // Somebody who types the English word still finds the English page, and is told so.
    let found = plain(&open(&site, "/help/search?q=lost+card&lang=es").await);
    assert!(found.contains("Estas páginas están en inglés."), "{found}");
}

#[tokio::test]
async fn im31_hours_5_public_pages_say_the_hours_as_a_memo_changed_them() {
    let site = Site::reading().await;
    let page = plain(&open(&site, "/help/help-hours-and-numbers").await);
    assert!(page.contains("Monday to Friday, 6:00 am to 6:00 pm; closed on Saturday and Sunday"), "{page}");
    let spanish = plain(&open(&site, "/help/ayuda-mensajes-de-texto").await);
    assert!(spanish.contains("Nuestro horario: de lunes a viernes, de 6:00 a. m. a 6:00 p. m."), "{spanish}");
    // A memo of the same moment as the record would be part of it.
    site.pass(60_000);
    crate::kb_reading::publish(&site, crate::kb_days::saturdays(&site, 0)).await;
    let page = plain(&open(&site, "/help/help-hours-and-numbers").await);
    assert!(page.contains("Saturday, 9:00 am to 12:00 pm"), "{page}");
}
