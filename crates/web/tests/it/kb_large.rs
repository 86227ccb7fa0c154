//! Very large pages: whoever opens, searches or compares them keeps nobody else waiting.
//!
//! These tests have one thread for everybody, so a request that works on it without pause lets no other be answered
//! before it has ended.

use std::fmt::Write as _;
use std::pin::pin;

use axum::http::StatusCode;
use domain::knowledge::{Audience, Draft, Kind, Source};

use crate::site::{Answer, Browser, Site};

/// A text of about a megabyte.
fn body(word: &str) -> String {
    let mut body = String::new();
    for at in 0..12_000 {
        let _ =
            write!(body, "Paragraph {at} speaks of {word} and of {word}{at} at length, and again of it.\n\n");
    }
    body
}

async fn installed(site: &Site, word: &str) {
    let draft = Draft {
        slug: "large".to_owned(),
        kind: Kind::Article,
        title: "A large page".to_owned(),
        body: body(word),
        language: "en".to_owned(),
        audience: Audience::Staff,
        from: Some(engine::pages::UNDATED),
        ..Draft::default()
    };
    site.engine.install_pages(vec![(draft, None)], Source::Import, "test", false).await.unwrap();
}

/// A text of nearly 5 MB, the most that a page may have.
fn longest(word: &str) -> String {
    let one = body(word);
    one.repeat(domain::knowledge::BODY_MAX / one.len())
}

/// Asks for a page, and how many others were answered until it came.
async fn beside(browser: &Browser<'_>, path: &str) -> (Answer, usize) {
    besides(browser, browser.get(path)).await
}

/// Waits for an answer, and says how many others were answered until it came.
async fn besides(browser: &Browser<'_>, asked: impl Future<Output = Answer>) -> (Answer, usize) {
    let mut asked = pin!(asked);
    let mut others = 0;
    loop {
        tokio::select! {
            biased;
            answer = &mut asked => return (answer, others),
            other = browser.site.get("/healthz") => {
                assert_eq!(other.status, StatusCode::OK);
                others += 1;
            }
        }
    }
}

/// SMS-T-DIFF-2: two large editions are compared beside the threads that answer, once, and within a bound of what is shown.
#[tokio::test]
async fn others_are_answered_while_large_editions_are_compared() {
    let site = Site::reading().await;
    installed(&site, "overtime").await;
    installed(&site, "absence").await;
    let editor = site.sign_in("editor").await;
    let (answer, others) = beside(&editor, "/kb/edit/versions/large?a=1&b=2").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(others > 0, "nobody else was answered");
    assert!(answer.text.contains("These are the first 400 of"), "what is left out is said");
    assert!(answer.text.len() < 1024 * 1024, "{} bytes", answer.text.len());
    let (again, others) = beside(&editor, "/kb/edit/versions/large?b=1&a=2").await;
    assert!(again.text.contains("These are the first 400 of"));
    assert_eq!(others, 0, "what was compared is kept");
}

/// SMS-T-FIND-1: the paragraphs of a large page are read once, beside the threads that answer.
#[tokio::test]
async fn others_are_answered_while_a_large_page_is_searched() {
    let site = Site::reading().await;
    installed(&site, "overtime").await;
    site.engine.follow_index().await.unwrap();
    let technician = site.sign_in("technician").await;
    let path = "/api/v1/knowledge/search?q=overtime7000&limit=3";
    let (answer, others) = beside(&technician, path).await;
    assert!(answer.text.contains("overtime7000 ") && answer.text.contains("length, "), "{}", answer.text);
    assert!(others > 0, "nobody else was answered");
    let (again, others) = beside(&technician, path).await;
    assert_eq!(again.text, answer.text);
    assert_eq!(others, 0, "the paragraphs are kept");
}

/// SMS-T-DIFF-3: the review of a large draft.
#[tokio::test]
async fn others_are_answered_while_a_large_draft_is_reviewed() {
    let site = Site::reading().await;
    installed(&site, "overtime").await;
    let draft = Draft {
        slug: "large".to_owned(),
        kind: Kind::Article,
        title: "A large page".to_owned(),
        body: body("absence"),
        language: "en".to_owned(),
        audience: Audience::Staff,
        base: 1,
        ..Draft::default()
    };
    let saved = site.engine.save_draft(0, draft, "editor").await;
    assert!(saved.is_ok(), "{saved:?}");
    let editor = site.sign_in("editor").await;
    let (answer, others) = beside(&editor, "/kb/edit/review/large").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(others > 0, "nobody else was answered");
    assert!(answer.text.contains("These are the first 400 of"), "what is left out is said");
}

/// SMS-T-DIFF-4: the longest text that a page may have is sent to review, approved, previewed, opened and looked through for
/// broken links beside the threads that answer others.
#[tokio::test]
async fn others_are_answered_while_the_longest_text_is_submitted_approved_and_previewed() {
    let site = Site::reading().await;
    let draft = Draft {
        slug: "longest".to_owned(),
        kind: Kind::Article,
        title: "The longest page".to_owned(),
        body: longest("overtime"),
        language: "en".to_owned(),
        audience: Audience::Staff,
        ..Draft::default()
    };
    let text = draft.body.clone();
    let saved = site.engine.save_draft(0, draft, "editor").await.unwrap();
    let editor = site.sign_in("editor").await;
    let submitted = async {
        let done = site.engine.submit_draft("longest", saved.version, "editor").await;
        done.unwrap().version
    };
    let mut asked = pin!(submitted);
    let mut others = 0;
    let version = loop {
        tokio::select! {
            biased;
            version = &mut asked => break version,
            _ = site.get("/healthz") => others += 1,
        }
    };
    assert!(others > 0, "nobody else was answered while it was submitted");

    let form = [("body", text.as_str())];
    let (seen, others) = besides(&editor, editor.post("/kb/edit/preview", &form)).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(others > 0, "nobody else was answered while it was previewed");

    let version = version.to_string();
    let manager = site.sign_in("manager").await;
    let form = [("csrf", manager.csrf.as_str()), ("expected", version.as_str())];
    let approving = manager.post_plain("/kb/edit/review/longest/approve", &form);
    let (approved, others) = besides(&manager, approving).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
    assert!(others > 0, "nobody else was answered while it was approved");

    let (opened, others) = beside(&editor, "/kb/longest").await;
    assert_eq!(opened.status, StatusCode::OK);
    assert!(others > 0, "nobody else was answered while it was opened");
    let (_, others) = beside(&editor, "/kb/edit/links").await;
    assert!(others > 0, "nobody else was answered while its links were looked through");
}

/// SMS-T-READ-1: a very long page comes in parts; an address with a place brings the part that has it, for staff, in the
/// panel of the desk and in the help centre.
#[tokio::test]
async fn a_very_long_page_comes_in_parts() {
    let site = Site::reading().await;
    let mut body = String::new();
    for at in 0..4_000 {
        let _ = write!(
            body,
            "## Section {at}\n\nHere it speaks of section {at}, {}\n\n",
            "and more of it, ".repeat(20)
        );
    }
    let draft = Draft {
        slug: "long".to_owned(),
        kind: Kind::Article,
        title: "A long page".to_owned(),
        body,
        language: "es".to_owned(),
        audience: Audience::Public,
        from: Some(engine::pages::UNDATED),
        ..Draft::default()
    };
    site.engine.install_pages(vec![(draft, None)], Source::Import, "test", false).await.unwrap();
    let staff = site.sign_in("technician").await;
    let first = staff.get("/kb/long").await;
    assert!(first.text.len() < 400 * 1024, "{} bytes", first.text.len());
    assert!(first.text.contains("Part 1 of ") && first.text.contains("href=\"?leaf=2\""), "the way on");
    assert!(first.text.contains("section 1, ") && !first.text.contains("section 3500, "));
    for address in
        ["/kb/long?at=section-3500", "/help/long?at=section-3500", "/kb/long/panel?at=section-3500"]
    {
        let part = staff.get(address).await;
        assert!(part.text.contains("section 3500, ") && !part.text.contains("section 1, "), "{address}");
        assert!(part.text.len() < 500 * 1024, "{address}: {} bytes", part.text.len());
    }
    assert!(staff.get("/help/long").await.text.contains("Parte 1 de "));
    let last = staff.get("/kb/long?leaf=9999&edition=1").await;
    assert!(
        last.text.contains("section 3999, ") && last.text.contains("href=\"?edition=1&#38;leaf="),
        "the edition stays"
    );
    let whole = staff.get("/kb/long?print=1").await;
    assert!(
        whole.text.contains("section 1, ") && whole.text.contains("section 3999, "),
        "all of it on paper"
    );
}

/// SMS-T-INDEX-2: without an index nobody is told that pages cannot be read.
#[tokio::test]
async fn a_search_that_rests_says_that_pages_can_be_read() {
    let site = Site::new().await;
    let technician = site.sign_in("technician").await;
    let answer = technician.get("/api/v1/knowledge/search?q=overtime").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        answer.text.contains("Every page can be read as always") && !answer.text.contains("cannot save"),
        "{}",
        answer.text
    );
    assert_eq!(answer.header("retry-after"), "5");
    assert!(answer.text.contains("\"preparing\":true"), "{}", answer.text);
    let screen = technician.get("/kb/search?q=overtime").await;
    assert!(screen.text.contains("Search is being prepared"), "{}", screen.text);
    site.get("/help/search?q=overtime").await;
    assert!(site.engine.searches().await.unwrap().is_empty(), "nobody looked in vain");
}

/// KB-PAGE-3: a branch of the menu that is closed is fetched when it is opened, as this reader may see it.
#[tokio::test]
async fn a_closed_branch_of_the_menu_comes_when_it_is_opened() {
    let site = Site::reading().await;
    let technician = site.sign_in("technician").await;
    let address = "/kb/sops/branch";
    let branch = technician.get(address).await;
    assert_eq!(branch.status, StatusCode::OK);
    assert!(branch.text.starts_with("<ul class=\"kb-tree plain\"><li"), "{}", branch.text);
    assert!(!branch.text.contains("<html"), "a piece of a screen");
    assert!(
        branch.text.contains("href=\"/kb/live-chat-sop\"") || branch.text.contains("Live Chat SOP"),
        "{}",
        branch.text
    );
    assert_eq!(technician.get("/kb/no-such-heading/branch").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get(address).await.status, StatusCode::SEE_OTHER);
}
