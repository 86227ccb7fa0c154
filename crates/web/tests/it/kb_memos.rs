//! Memos with a last day, hours saved by hand while they hold, what stays of a memo that was taken back, and questions that
//! go on to a mailbox.

use axum::http::StatusCode;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::kb_edit::{approve, begun, hidden, hours, memo, next_monday, save, spans, submitted, version};
use crate::site::{Answer, Browser, Site};

/// The value of a field of the form.
fn value_of(form: &Answer, name: &str) -> String {
    let (_, rest) = form.text.split_once(&format!(r#"name="{name}" value=""#)).expect("the field");
    rest.split('"').next().unwrap().to_owned()
}

/// Saves the hours as the form shows them, but for these fields.
async fn save_hours(by: &Browser<'_>, changed: &[(&str, &str)]) -> Answer {
    let form = by.get("/admin/hours/customer-service").await;
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let (_, holidays) = form.text.split_once(r#"name="holidays""#).unwrap();
    let (_, holidays) = holidays.split_once('>').unwrap();
    let holidays = holidays.split("</textarea>").next().unwrap().replace("&#39;", "'");
    let mut fields: Vec<(String, String)> = ["title", "source", "expected"]
        .into_iter()
        .chain(days)
        .map(|name| (name.to_owned(), value_of(&form, name)))
        .collect();
    fields.push(("holidays".to_owned(), holidays));
    fields.extend([("csrf".to_owned(), by.csrf.clone()), ("reason".to_owned(), "by hand".to_owned())]);
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    by.post_plain("/admin/hours/customer-service", &fields).await
}

/// A memo up for review: other hours on Mondays and Tuesdays, and a closed day, all until its last day.
async fn with_hours_until(editor: &Browser<'_>, monday: Date, closed: Date, last: Date) -> String {
    let slug = begun(editor).await;
    let expected = version(&editor.get(&format!("/kb/edit/draft/{slug}")).await);
    let (from, until, closed) = (monday.to_string(), last.to_string(), closed.to_string());
    let mut fields = memo(&expected, "add:hours");
    fields.extend([
        ("until", until.as_str()),
        ("hours_id", "customer-service"),
        ("hours_from", &from),
        ("hours_monday", "07:00-19:00"),
        ("hours_tuesday", "07:00-19:00"),
    ]);
    let answer = save(editor, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
    let (expected, changes) = (version(&page), hidden(&page, "change"));
    let mut fields = memo(&expected, "add:closed");
    fields.extend([
        ("until", until.as_str()),
        ("closed_id", "customer-service"),
        ("closed_date", &closed),
        ("closed_name", "Moving day"),
    ]);
    fields.extend(changes.iter().map(|change| ("change", change.as_str())));
    let answer = save(editor, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
    let (expected, changes) = (version(&page), hidden(&page, "change"));
    assert_eq!(changes.len(), 2, "{}", page.text);
    let mut fields = memo(&expected, "submit");
    fields.push(("until", &until));
    fields.extend(changes.iter().map(|change| ("change", change.as_str())));
    let answer = save(editor, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    slug
}

#[tokio::test]
async fn im31_hours_5_hours_of_a_memo_with_a_last_day_are_seen_saved_by_hand_and_rolled_back_day_by_day() {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let monday = next_monday(&site);
    let last = monday.checked_add(20.days()).unwrap();
    let closed = monday.checked_add(9.days()).unwrap();
    let slug = with_hours_until(&editor, monday, closed, last).await;
    let end = format!("until {}", last.strftime("%A, %B %-d, %Y"));
    let page = manager.get(&format!("/kb/edit/review/{slug}")).await;
    assert!(page.text.matches(&end).count() > 1, "the last day stands beside the setting: {}", page.text);
    assert_eq!(approve(&manager, &slug).await.status, StatusCode::SEE_OTHER);
    let read = manager.get(&format!("/kb/{slug}?edition=1")).await;
    assert!(read.text.contains(&end), "{}", read.text);

    let days = i64::from(site.engine.today().until(monday).unwrap().get_days());
    site.pass((days * 24 + 2) * 60 * 60_000);
    let manager = site.sign_in("manager").await;
    let form = manager.get("/admin/hours/customer-service").await;
    assert_eq!(
        (value_of(&form, "monday").as_str(), value_of(&form, "friday").as_str()),
        ("07:00-19:00", "06:00-18:00")
    );
    assert!(form.text.contains("Monday and Tuesday 7:00 am to 7:00 pm"), "{}", form.text);
    assert!(form.text.contains(&end), "{}", form.text);

    let answer = save_hours(&manager, &[("monday", "08:00-16:00")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let now = hours(&site).await;
    let tuesday = monday.tomorrow().unwrap();
    assert_eq!(spans(&now, monday), "08:00-16:00", "it takes force at once");
    assert_eq!(spans(&now, tuesday), "07:00-19:00", "what was left is the memo's");
    assert_eq!(spans(&now, tuesday.checked_add(21.days()).unwrap()), "06:00-18:00", "and ends with it");
    assert!(now.holiday(closed).is_some());
    let form = manager.get("/admin/hours/customer-service").await;
    assert!(form.text.contains("Set by hand since, which counts: Monday."), "{}", form.text);

    let versions = manager.get(&format!("/kb/edit/versions/{slug}")).await;
    assert!(versions.text.contains("These settings go back with it"), "{}", versions.text);
    assert!(versions.text.contains("Tuesday:") && !versions.text.contains("Monday:"), "{}", versions.text);
    let with = [("csrf", manager.csrf.as_str()), ("edition", "1"), ("reason", "issued too early")];
    let answer = manager.post_plain(&format!("/kb/edit/withdraw/{slug}"), &with).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let now = hours(&site).await;
    assert_eq!(
        (spans(&now, monday), spans(&now, tuesday)),
        ("08:00-16:00".to_owned(), "06:00-18:00".to_owned())
    );
    assert!(now.patterns.is_empty() && now.holiday(closed).is_none(), "{now:?}");
}

#[tokio::test]
async fn im33_ack_1_im31_hours_5_a_memo_that_was_taken_back_keeps_its_readers_and_says_why() {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let slug = submitted(&site, &editor).await;
    approve(&manager, &slug).await;
    let days = i64::from(site.engine.today().until(next_monday(&site)).unwrap().get_days());
    site.pass((days * 24 + 2) * 60 * 60_000);
    let reader = site.sign_in("technician").await;
    let fields = [("csrf", reader.csrf.as_str()), ("edition", "1")];
    let answer = reader.post_plain(&format!("/kb/{slug}/acknowledge"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let manager = site.sign_in("manager").await;
    let with = [("csrf", manager.csrf.as_str()), ("edition", "1"), ("reason", "the floor was not told")];
    let answer = manager.post_plain(&format!("/kb/edit/withdraw/{slug}"), &with).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);

    // Who had read it, in which edition and when, stays known.
    let readers = manager.get(&format!("/kb/edit/readers/{slug}")).await;
    assert_eq!(readers.status, StatusCode::OK, "{}", readers.text);
    for part in ["Taken back on", "Demo manager", "the floor was not told", "edition 1, ", "Demo technician"]
    {
        assert!(readers.text.contains(part), "{part} in {}", readers.text);
    }
    assert!(readers.text.contains("not asked any more") || readers.text.contains("<strong>1 of 1</strong>"));
    let list = manager.get("/kb/edit/readers").await;
    assert!(list.text.contains(&format!("/kb/edit/readers/{slug}")), "{}", list.text);
    let csv = manager.get(&format!("/kb/edit/readers/{slug}/csv")).await;
    // The agency's own clock, with its distance from UTC.
    assert!(csv.text.contains(",read,2026-11-23T") && csv.text.contains("-06:00"), "{}", csv.text);

    // Whoever comes to read it learns when, by whom and why, and what of it went back.
    let page = reader.get(&format!("/kb/{slug}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    for part in [
        "Taken back on Monday, November 23, 2026 by Demo manager (manager):</strong> the floor was not told",
        "You acknowledged edition 1 on",
        "Settings that went back with it",
        "Monday, 7:00 am to 7:00 pm",
    ] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    let home = reader.get("/kb").await.text;
    assert!(home.contains("Taken back lately") && home.contains("the floor was not told"), "{home}");
    let memos = reader.get("/kb/memos").await;
    assert!(
        memos.text.contains(&format!("/kb/{slug}")) && memos.text.contains("Taken back"),
        "{}",
        memos.text
    );
}

#[tokio::test]
async fn im33_q_2_a_manager_sends_a_question_on_and_records_what_the_mailbox_answered() {
    let site = Site::reading().await;
    let (asker, manager) = (site.sign_in("technician").await, site.sign_in("manager").await);
    let fields = [("csrf", asker.csrf.as_str()), ("route", "supervisor"), ("text", "May a card be mailed?")];
    assert_eq!(asker.post_plain("/kb/ask", &fields).await.status, StatusCode::SEE_OTHER);
    let id = site.engine.questions().await.unwrap()[0].id.clone();
    let on = format!("/kb/inbox/{id}/forward");
    let inbox = manager.get("/kb/inbox").await;
    assert!(inbox.text.contains(&on) && inbox.text.contains("COLE.FSPOLICY@dss.mo.gov"), "{}", inbox.text);
    // A supervisor has no such button, and not the act either.
    let supervisor = site.sign_in("supervisor").await;
    assert!(!supervisor.get("/kb/inbox").await.text.contains(&on));
    let send = [("csrf", supervisor.csrf.as_str()), ("programme", "SNAP")];
    assert_eq!(supervisor.post_plain(&on, &send).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = [("csrf", manager.csrf.as_str()), ("programme", "")];
    assert_eq!(manager.post_plain(&on, &none).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let send = [("csrf", manager.csrf.as_str()), ("programme", "SNAP")];
    let sent = manager.post_plain(&on, &send).await;
    assert_eq!(sent.header("location"), "/kb/inbox?said=forwarded", "{}", sent.text);
    assert_eq!(manager.post_plain(&on, &send).await.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
    let seen = asker.get("/kb/ask").await.text;
    assert!(seen.contains("Sent on to the policy unit by Demo manager"), "{seen}");
    assert!(seen.contains("to the policy unit, COLE.FSPOLICY@dss.mo.gov"), "{seen}");
    assert!(!seen.contains(&format!("/kb/inbox/{id}/answer")), "the asker does not answer for the mailbox");
    let words = [("csrf", manager.csrf.as_str()), ("answer", "Yes, says the unit.")];
    assert_eq!(
        manager.post_plain(&format!("/kb/inbox/{id}/answer"), &words).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(asker.get("/kb/ask").await.text.contains("Yes, says the unit."));

    // The manager's own questions to a mailbox and IM-14 requests are closed by whoever asked.
    for (route, case) in [("policy", ""), ("im14", "12345678")] {
        let text = format!("What of {route}?");
        let fields = [
            ("csrf", manager.csrf.as_str()),
            ("route", route),
            ("programme", "SNAP"),
            ("case", case),
            ("text", &text),
        ];
        assert_eq!(manager.post_plain("/kb/ask", &fields).await.status, StatusCode::SEE_OTHER);
        let mine = site.engine.questions().await.unwrap();
        let id = mine.iter().find(|one| one.text.starts_with(&text)).unwrap().id.clone();
        let page = manager.get("/kb/ask").await.text;
        assert!(page.contains(&format!("/kb/inbox/{id}/answer")) && page.contains("Record it and close"));
        let words = [("csrf", manager.csrf.as_str()), ("answer", "As the section says.")];
        let closed = manager.post_plain(&format!("/kb/inbox/{id}/answer"), &words).await;
        assert_eq!(closed.header("location"), "/kb/ask?said=recorded", "{}", closed.text);
    }
}

#[tokio::test]
async fn im33_q_6_an_im_14_request_without_a_case_number_is_refused_with_a_sentence() {
    let site = Site::new().await;
    let manager = site.sign_in("manager").await;
    let fields = [("csrf", manager.csrf.as_str()), ("route", "im14"), ("text", "What holds in general?")];
    let answer = manager.post_plain("/kb/ask", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text.contains("Give its case number (DCN)") && answer.text.contains("IM33-Q-6"),
        "{}",
        answer.text
    );
    assert!(site.engine.questions().await.unwrap().is_empty());
}
