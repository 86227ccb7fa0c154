//! New queues and new opening hours, through the forms of the administration.

use axum::http::StatusCode;
use engine::records::HOURS;
use store::{Commit, RecordChange, Store as _};

use crate::site::{Answer, Browser, Site};

/// The form of a new queue, filled in.
fn queue<'a>(csrf: &'a str, id: &'a str, title: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("csrf", csrf), ("expected", "0"), ("id", id), ("title", title)];
    fields.extend([
        ("line", "sms-main"),
        ("language", "en"),
        ("priority", "0"),
        ("ageing_points_per_minute", "1"),
        ("offer_timeout_seconds", "25"),
        ("sticky_seconds", "300"),
        ("waiting_max", "500"),
        ("skill:sms", "2"),
        ("skill:spanish", "0"),
        ("hours", "customer-service"),
        ("auto_reply", "auto-reply-closed"),
        ("reason", "escalations get a place of their own"),
    ]);
    for (after, level) in
        [("after:0", "level:0"), ("after:1", "level:1"), ("after:2", "level:2"), ("after:3", "level:3")]
    {
        fields.extend([(after, ""), (level, "0")]);
    }
    fields
}

async fn post(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    browser.post_plain(path, fields).await
}

#[tokio::test]
async fn a_new_queue_begins_with_sound_values_and_takes_force_at_once() {
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let list = admin.get("/admin/queues").await.text;
    assert!(list.contains("href=\"/admin/queues/new\"") && list.contains("href=\"/admin/hours/new\""));
    let form = admin.get("/admin/queues/new").await.text;
    for part in
        ["New queue", "name=\"id\"", "name=\"line\"", "name=\"language\"", "name=\"expected\" value=\"0\""]
    {
        assert!(form.contains(part), "{part}: {form}");
    }
    assert!(!form.contains("/admin/queues/new/history"));

    let made = post(&admin, "/admin/queues/new", &queue(&admin.csrf, "escalations", "Escalations")).await;
    assert_eq!(
        (made.status, made.header("location")),
        (StatusCode::SEE_OTHER, "/admin/queues/escalations?said=saved"),
        "{}",
        made.text
    );
    let pack = site.engine.pack();
    let found = pack.queues.queue("escalations").unwrap();
    assert_eq!(
        (found.channel.as_str(), found.line.as_str(), found.offer_timeout_seconds),
        ("sms", "sms-main", 25)
    );
    let page = admin.get("/admin/queues/escalations").await;
    assert!(page.status == StatusCode::OK && page.text.contains("escalations, sms, sms-main, en"));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_queue_is_told_and_what_was_given_stands_in_the_form() {
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let before = site.engine.pack().queues.queues.len();
    for (id, title, sentence) in [
        ("", "Escalations", "Id: use small letters"),
        ("sms-general", "Escalations", "Id: it is there already."),
        ("escalations", "", "Name on screens: this must not be empty."),
    ] {
        let refused = post(&admin, "/admin/queues/new", &queue(&admin.csrf, id, title)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(sentence), "{sentence}: {}", refused.text);
        assert!(refused.text.contains("value=\"25\""), "the offer time that was given");
    }
    // The hours are deleted while the form is open: the whole would not hold together any more.
    let gone = RecordChange {
        kind: HOURS.to_owned(),
        id: "customer-service".to_owned(),
        expected: None,
        data: None,
        at: 0,
        actor: "test".to_owned(),
    };
    site.store.commit(Commit { records: vec![gone], ..Commit::default() }).await.unwrap();
    let unsound = post(&admin, "/admin/queues/new", &queue(&admin.csrf, "escalations", "Escalations")).await;
    assert_eq!(unsound.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsound.text.contains("needs the opening hours customer-service"), "{}", unsound.text);
    assert_eq!(site.engine.pack().queues.queues.len(), before, "nothing was saved");
}

#[tokio::test]
async fn new_hours_are_looked_at_first_saved_and_then_chosen_by_a_queue() {
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let form = admin.get("/admin/hours/new").await.text;
    assert!(
        form.contains("New hours")
            && form.contains("08:00-17:00")
            && form.contains("2026-11-26 Thanksgiving Day")
    );
    let given = |holidays| {
        [
            ("csrf", admin.csrf.as_str()),
            ("expected", "0"),
            ("id", "evenings"),
            ("title", "Evenings"),
            ("monday", "17:00-21:00"),
            ("holidays", holidays),
            ("source", "Memorandum of the office"),
            ("reason", "a late line"),
        ]
    };
    let bad = post(&admin, "/admin/hours/new", &given("2026-12-25 08:00-7:00")).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.text.contains("gives hours where the name of the holiday belongs"), "{}", bad.text);

    let mut tried = given("2026-12-25 Christmas Day").to_vec();
    tried.push(("preview", "yes"));
    let preview = post(&admin, "/admin/hours/new", &tried).await;
    assert!(preview.status == StatusCode::OK && preview.text.contains("Closed now."), "{}", preview.text);
    assert!(!site.engine.pack().queues.hours.iter().any(|hours| hours.id == "evenings"));

    let made = post(&admin, "/admin/hours/new", &given("2026-12-25 Christmas Day")).await;
    assert_eq!(made.header("location"), "/admin/hours/evenings?said=saved", "{}", made.text);
    assert!(admin.get("/admin/queues/new").await.text.contains("value=\"evenings\""));
    let again = post(&admin, "/admin/hours/new", &given("2026-12-25 Christmas Day")).await;
    assert!(again.text.contains("Id: it is there already."), "{}", again.text);
}

#[tokio::test]
async fn whoever_only_reads_settings_is_offered_no_new_ones() {
    let site = Site::new().await;
    let reader = site.sign_in("supervisor").await;
    let list = reader.get("/admin/queues").await;
    if list.status == StatusCode::OK {
        assert!(!list.text.contains("/admin/queues/new") && !list.text.contains("/admin/hours/new"));
    }
    for path in ["/admin/queues/new", "/admin/hours/new"] {
        assert_eq!(reader.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
