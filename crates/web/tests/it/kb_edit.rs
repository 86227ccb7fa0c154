//! Writing, memoranda, readers and questions, as browsers meet them.

use axum::http::StatusCode;
use domain::id::StaffId;
use domain::permission::Role;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::site::{Answer, Browser, Site, account, hash, request};

/// The version that a form on the page was made from.
pub(crate) fn version(answer: &Answer) -> String {
    let (_, rest) = answer.text.split_once(r#"name="expected" value=""#).expect("a form with a version");
    rest.split('"').next().unwrap().to_owned()
}

/// Every kept value of a hidden field, as a browser would send it.
pub(crate) fn hidden(answer: &Answer, name: &str) -> Vec<String> {
    let start = format!(r#"name="{name}" value=""#);
    let unescape = |text: &str| {
        text.replace("&#34;", "\"")
            .replace("&quot;", "\"")
            .replace("&#60;", "<")
            .replace("&amp;", "&")
            .replace("&#38;", "&")
    };
    answer.text.split(&start).skip(1).map(|rest| unescape(rest.split('"').next().unwrap())).collect()
}

pub(crate) fn next_monday(site: &Site) -> Date {
    let today = site.engine.today();
    let ahead = 7 - i64::from(today.weekday().to_monday_zero_offset());
    today.checked_add(ahead.days()).unwrap()
}

const BODY: &str = "## Discussion\n\nThe centers open earlier.\n";

/// The particulars of the memo that these tests write.
pub(crate) fn memo<'a>(expected: &'a str, act: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("expected", expected),
        ("act", act),
        ("kind", "memo"),
        ("title", "Customer service hours change"),
        ("summary", "Open from six."),
        ("audience", "staff"),
        ("language", "en"),
        ("body", BODY),
        ("number", "IM-40"),
        ("issuing_role", "division director"),
        ("memo_kind", "hours"),
        ("actions", "Review this memorandum with appropriate staff."),
        ("required", "yes"),
        ("required_roles", "technician"),
        ("due_days", "5"),
        ("grace_hours", "24"),
    ]
}

/// Begins the memo as the editor and returns its address within the editor.
pub(crate) async fn begun(editor: &Browser<'_>) -> String {
    let fields = [("kind", "memo"), ("title", "Customer service hours change"), ("number", "IM-40")];
    let answer = editor.post_plain("/kb/edit/new", &[&fields[..], &[("csrf", &editor.csrf)]].concat()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.header("location").split('?').next().unwrap().trim_start_matches("/kb/edit/draft/").to_owned()
}

pub(crate) async fn save(editor: &Browser<'_>, slug: &str, fields: &[(&str, &str)]) -> Answer {
    editor.post_plain(&format!("/kb/edit/draft/{slug}"), &[fields, &[("csrf", &editor.csrf)]].concat()).await
}

/// The memo with a change of hours from next Monday on, sent for review. Answers with its slug.
pub(crate) async fn submitted(site: &Site, editor: &Browser<'_>) -> String {
    let slug = begun(editor).await;
    let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
    let (expected, monday) = (version(&page), next_monday(site).to_string());
    let mut fields = memo(&expected, "add:hours");
    fields.extend([
        ("hours_id", "customer-service"),
        ("hours_from", &monday),
        ("hours_monday", "07:00-19:00"),
        ("hours_saturday", "09:00-12:00"),
    ]);
    let answer = save(editor, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
    let (expected, changes) = (version(&page), hidden(&page, "change"));
    assert_eq!(changes.len(), 1, "{}", page.text);
    let mut fields = memo(&expected, "submit");
    fields.extend(changes.iter().map(|change| ("change", change.as_str())));
    let answer = save(editor, &slug, &fields).await;
    assert_eq!(
        answer.header("location"),
        format!("/kb/edit/review/{slug}?said=submitted"),
        "{}",
        answer.text
    );
    slug
}

pub(crate) async fn approve(by: &Browser<'_>, slug: &str) -> Answer {
    let page = by.get(&format!("/kb/edit/review/{slug}")).await;
    let expected = version(&page);
    by.post_plain(&format!("/kb/edit/review/{slug}/approve"), &[("csrf", &by.csrf), ("expected", &expected)])
        .await
}

pub(crate) async fn hours(site: &Site) -> domain::pack::Hours {
    let record = site.engine.setting_in_force("hours", "customer-service").await.unwrap().unwrap();
    serde_json::from_str(&record.data).unwrap()
}

pub(crate) fn spans(hours: &domain::pack::Hours, day: Date) -> String {
    hours.on_date(day).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn im31_hours_5_a_memo_changes_the_hours_on_its_day_after_a_second_person_saw_the_difference_and_goes_back_whole()
 {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let slug = submitted(&site, &editor).await;
    let monday = next_monday(&site);

    // The author sees why they cannot approve, and cannot.
    let own = editor.get(&format!("/kb/edit/review/{slug}")).await;
    assert!(own.text.contains("publishing needs two people"), "{}", own.text);
    assert!(!own.text.contains("Approve and publish") && !own.text.contains("Send it back"));
    let refused = approve_as_author(&site, &editor, &slug).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let page = manager.get(&format!("/kb/edit/review/{slug}")).await;
    let seen = page.text.replace(char::is_whitespace, "");
    assert!(seen.contains("Monday:</span><del>6:00amto6:00pm</del>"), "{}", page.text);
    assert!(seen.contains("<ins>7:00amto7:00pm</ins>"), "{}", page.text);
    assert!(seen.contains("Saturday:</span><del>closed</del>"), "{}", page.text);
    let answer = approve(&manager, &slug).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);

    let now = hours(&site).await;
    assert_eq!(spans(&now, monday), "07:00-19:00");
    assert_eq!(spans(&now, site.engine.today()), "06:00-18:00", "today is untouched");
    let form = manager.get("/admin/hours/customer-service").await;
    assert!(form.text.contains(">IM-40</a> changes it from"), "{}", form.text);

    // IM31-MEMO-1: what goes back is named before the act.
    let versions = manager.get(&format!("/kb/edit/versions/{slug}")).await;
    assert!(versions.text.contains("These settings go back with it"), "{}", versions.text);
    let without = [("csrf", manager.csrf.as_str()), ("edition", "1"), ("reason", "")];
    let answer = manager.post_plain(&format!("/kb/edit/withdraw/{slug}"), &without).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let with = [("csrf", manager.csrf.as_str()), ("edition", "1"), ("reason", "issued too early")];
    let answer = manager.post_plain(&format!("/kb/edit/withdraw/{slug}"), &with).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let now = hours(&site).await;
    assert_eq!(spans(&now, monday), "06:00-18:00");
    assert!(now.patterns.is_empty());
}

async fn approve_as_author(site: &Site, editor: &Browser<'_>, slug: &str) -> Answer {
    let (expected, _) = site.engine.draft(slug).await.unwrap().unwrap();
    let expected = expected.to_string();
    editor
        .post_plain(
            &format!("/kb/edit/review/{slug}/approve"),
            &[("csrf", &editor.csrf), ("expected", &expected)],
        )
        .await
}

#[tokio::test]
async fn im31_hours_5_hours_saved_by_hand_keep_what_the_memo_brought() {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let slug = submitted(&site, &editor).await;
    approve(&manager, &slug).await;
    let monday = next_monday(&site);
    let days = i64::from(site.engine.today().until(monday).unwrap().get_days());
    site.pass((days * 24 + 2) * 60 * 60_000);
    let manager = site.sign_in("manager").await;
    let form = manager.get("/admin/hours/customer-service").await;
    assert!(form.text.contains("Changed by memo"), "{}", form.text);
    let value = |name: &str| {
        let (_, rest) = form.text.split_once(&format!(r#"name="{name}" value=""#)).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    assert_eq!((value("monday").as_str(), value("saturday").as_str()), ("07:00-19:00", "09:00-12:00"));
    let (expected, tuesday) = (version(&form), "06:30-18:00");
    let names = ["title", "monday", "wednesday", "thursday", "friday", "saturday", "sunday", "source"];
    let kept: Vec<(&str, String)> = names.iter().map(|name| (*name, value(name))).collect();
    let mut fields: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([
        ("csrf", manager.csrf.as_str()),
        ("expected", &expected),
        ("tuesday", tuesday),
        ("reason", "by hand"),
    ]);
    let answer = manager.post_plain("/admin/hours/customer-service", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let now = hours(&site).await;
    assert_eq!(
        (spans(&now, monday), spans(&now, monday.tomorrow().unwrap())),
        ("07:00-19:00".to_owned(), tuesday.to_owned())
    );
}

#[tokio::test]
async fn two_authors_never_overwrite_each_other_and_see_both_texts() {
    let site = Site::new().await;
    let (editor, other) = (site.sign_in("editor").await, site.sign_in("coordinator").await);
    let slug = begun(&editor).await;
    let first = version(&editor.get(&format!("/kb/edit/draft/{slug}")).await);
    let with = |body: &'static str| {
        let mut fields = memo(&first, "save");
        fields.retain(|(name, _)| *name != "body");
        fields.push(("body", body));
        fields
    };
    let answer = save(&editor, &slug, &with("The same.\n\nMine is about cards.\n")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let answer = save(&other, &slug, &with("The same.\n\nMine is about letters.\n")).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("Demo editor was quicker"), "{}", answer.text);
    assert!(answer.text.contains("<del>cards") && answer.text.contains("<ins>letters"), "{}", answer.text);
    let kept = site.engine.draft(&slug).await.unwrap().unwrap().1;
    assert!(kept.body.contains("cards"));
    // The form holds mine with their version: saving it again is a decision.
    let expected = version(&answer);
    let mut fields = with("The same.\n\nMine is about letters.\n");
    fields.retain(|(name, _)| *name != "expected");
    fields.push(("expected", &expected));
    let answer = save(&other, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(site.engine.draft(&slug).await.unwrap().unwrap().1.body.contains("letters"));
    // Saving by itself is told in JSON and overwrites as little.
    let answer = editor.post(&format!("/kb/edit/auto/{slug}"), &with("Mine again.")).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("nothing is overwritten"));
}

#[tokio::test]
async fn im33_memo_1_a_memo_without_its_fields_is_not_sent_and_each_fault_stands_at_its_field() {
    let site = Site::new().await;
    let editor = site.sign_in("editor").await;
    let slug = begun(&editor).await;
    let expected = version(&editor.get(&format!("/kb/edit/draft/{slug}")).await);
    let mut fields = memo(&expected, "submit");
    fields.retain(|(name, _)| !["number", "issuing_role", "actions"].contains(name));
    fields.extend([("number", ""), ("issuing_role", ""), ("actions", "")]);
    let answer = save(&editor, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for name in ["number", "issuing_role", "actions"] {
        assert!(answer.text.contains(&format!(r#"id="e-{name}""#)), "no fault at {name}: {}", answer.text);
    }
    assert!(answer.text.contains(r##"href="/clause/IM33-MEMO-1""##));
}

#[tokio::test]
async fn im33_ack_1_the_supervisor_sees_their_people_first_and_the_manager_closes_when_all_have_read() {
    let site = Site::new().await;
    let hash = hash().await;
    for id in ["ana", "zoe"] {
        let mut one = account(id, &[Role::Technician], &hash);
        one.supervisor = (id == "zoe").then(|| StaffId::from("supervisor"));
        site.save(&one).await;
    }
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let slug = submitted(&site, &editor).await;
    approve(&manager, &slug).await;
    let supervisor = site.sign_in("supervisor").await;
    let page = supervisor.get(&format!("/kb/edit/readers/{slug}")).await;
    assert!(page.text.contains("0 of 3</strong>"), "{}", page.text);
    let place = |name: &str| page.text.find(&format!(r#"<span class="strong">{name}</span>"#)).expect(name);
    assert!(place("Demo zoe") < place("Demo ana"), "one's own people come first");

    let early = manager
        .post_plain(&format!("/kb/edit/readers/{slug}/close"), &[("csrf", &manager.csrf), ("office", "csc")])
        .await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    for id in ["ana", "zoe", "technician"] {
        let reader = site.sign_in(id).await;
        let list = reader.get("/kb/reading").await;
        assert!(list.text.contains("IM-40"), "{}", list.text);
        assert!(list.text.contains("to read"), "the badge counts it");
        let command = domain::command::Command::Acknowledge {
            staff: StaffId::from(id),
            procedure: domain::knowledge::procedure_of(&slug),
            version: "1".to_owned(),
        };
        site.engine.handle(command, "test").await.unwrap();
        let list = reader.get("/kb/reading").await;
        assert!(list.text.contains("You have read everything"), "{}", list.text);
    }
    let csv = supervisor.get(&format!("/kb/edit/readers/{slug}/csv")).await;
    assert_eq!(csv.text.lines().count(), 4);
    assert!(
        csv.text.lines().skip(1).all(|line| line.starts_with("IM-40,1,") && line.contains(",read,")),
        "{}",
        csv.text
    );
    let mine = supervisor
        .post_plain(
            &format!("/kb/edit/readers/{slug}/close"),
            &[("csrf", &supervisor.csrf), ("office", "csc")],
        )
        .await;
    assert_eq!(mine.status, StatusCode::UNPROCESSABLE_ENTITY, "a manager confirms");
    let done = manager
        .post_plain(&format!("/kb/edit/readers/{slug}/close"), &[("csrf", &manager.csrf), ("office", "csc")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = supervisor.get(&format!("/kb/edit/readers/{slug}")).await;
    assert!(page.text.contains("confirmed by Demo manager"), "{}", page.text);
}

#[tokio::test]
async fn im33_q_1_2_6_questions_go_where_the_asker_may_send_them() {
    let site = Site::new().await;
    let mut asker = account("ana", &[Role::Technician], &hash().await);
    asker.supervisor = Some(StaffId::from("supervisor"));
    site.save(&asker).await;
    let ana = site.sign_in("ana").await;
    let page = ana.get("/kb/ask").await;
    assert!(page.text.contains("Your supervisor, Demo supervisor"), "{}", page.text);
    assert!(page.text.contains("Only managers write to the policy unit"));
    let ask = |route: &'static str, case: &'static str| {
        [
            ("csrf", ana.csrf.clone()),
            ("route", route.to_owned()),
            ("case", case.to_owned()),
            ("text", "May I use it?".to_owned()),
        ]
    };
    let pairs = |fields: &[(&'static str, String)]| -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    // IM33-Q-2: not by the form, and not around it.
    let fields = pairs(&ask("policy", ""));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let refused = ana.post_plain("/kb/ask", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(refused.text.contains("IM33-Q-2"));
    // IM33-Q-1: to the supervisor, whatever it names.
    let fields = pairs(&ask("supervisor", "12345678"));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(ana.post_plain("/kb/ask", &fields).await.status, StatusCode::SEE_OTHER);
    let supervisor = site.sign_in("supervisor").await;
    let inbox = supervisor.get("/kb/inbox").await;
    assert!(
        inbox.text.contains("May I use it?") && inbox.text.contains("Case number: 12345678"),
        "{}",
        inbox.text
    );
    let id = site.engine.questions().await.unwrap()[0].id.clone();
    let answer = [("csrf", supervisor.csrf.as_str()), ("answer", "Yes, with the form.")];
    assert_eq!(
        supervisor.post_plain(&format!("/kb/inbox/{id}/answer"), &answer).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(ana.get("/kb/ask").await.text.contains("Yes, with the form."));
    // IM33-Q-6: a manager's question that names a case is an IM-14 request, and nothing is mailed.
    let manager = site.sign_in("manager").await;
    let fields = [
        ("csrf", manager.csrf.as_str()),
        ("route", "policy"),
        ("programme", "SNAP"),
        ("case", "12345678"),
        ("text", "What applies here?"),
    ];
    assert_eq!(manager.post_plain("/kb/ask", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(manager.get("/kb/ask").await.text.contains("an IM-14 request"));
}

#[tokio::test]
async fn hostile_text_is_shown_as_words_and_files_are_judged_by_their_bytes() {
    let site = Site::new().await;
    let editor = site.sign_in("editor").await;
    let body = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![p](https://elsewhere.example/a.png)\n\n<svg onload=alert(1)>";
    let answer = editor.post("/kb/edit/preview", &[("body", body)]).await;
    assert_eq!(answer.status, StatusCode::OK);
    for bad in ["<script", "href=\"javascript", "<svg", "src=\"https"] {
        assert!(!answer.text.contains(bad), "{bad} in {}", answer.text);
    }
    let deep = "> ".repeat(200) + "x";
    let answer = editor.post("/kb/edit/preview", &[("body", &deep)]).await;
    assert!(answer.text.contains("cannot be shown"), "{}", answer.text);
    let put = |bytes: &'static [u8], name: &str| {
        request("POST", &format!("/kb/edit/files?name={name}"))
            .header("cookie", &editor.cookie)
            .header("x-csrf-token", &editor.csrf)
            .header("content-type", "application/octet-stream")
            .body(axum::body::Body::from(bytes))
            .unwrap()
    };
    let svg = site.ask(put(b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "chart.png")).await;
    assert_eq!(svg.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", svg.text);
    let png = site.ask(put(b"\x89PNG\r\n\x1a\nrest", "..%2F..%2Fchart.png")).await;
    assert_eq!(png.status, StatusCode::OK, "{}", png.text);
    assert!(png.text.contains(r#""name":"chart.png""#), "{}", png.text);
}

#[tokio::test]
async fn a_text_of_five_megabytes_is_saved_and_a_longer_one_is_refused_in_words() {
    let site = Site::new().await;
    let editor = site.sign_in("editor").await;
    let slug = begun(&editor).await;
    let expected = version(&editor.get(&format!("/kb/edit/draft/{slug}")).await);
    let long = "words \n\n".repeat(600_000);
    let fields = [
        ("expected", expected.as_str()),
        ("kind", "memo"),
        ("title", "T"),
        ("language", "en"),
        ("body", &long),
    ];
    let answer = editor.post(&format!("/kb/edit/auto/{slug}"), &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let longer = "words \n\n".repeat(700_000);
    let page = site.engine.draft(&slug).await.unwrap().unwrap().0.to_string();
    let fields = [
        ("expected", page.as_str()),
        ("kind", "memo"),
        ("title", "T"),
        ("language", "en"),
        ("body", &longer),
    ];
    let answer = editor.post(&format!("/kb/edit/auto/{slug}"), &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("longer than 5 MB"), "{}", answer.text);
}

#[tokio::test]
async fn im33_q_3_4_5_the_programme_chooses_the_mailbox_which_is_named_before_anything_is_sent() {
    let site = Site::reading().await;
    let manager = site.sign_in("manager").await;
    let page = manager.get("/kb/ask").await.text;
    let boxes = [
        ("MHABD", "COLE.MHNPOLICY@dss.mo.gov"),
        ("Family MHN", "COLE.MHNPOLICY@dss.mo.gov"),
        ("SNAP", "COLE.FSPOLICY@dss.mo.gov"),
        ("TA", "FSD.COLETAPOLICY@dss.mo.gov"),
        ("CC", "FSD.COLETAPOLICY@dss.mo.gov"),
    ];
    for (programme, address) in boxes {
        assert!(page.contains(&format!("<strong>{programme}</strong>: {address}")), "{programme}");
        let text = format!("What holds for {programme}?");
        let fields =
            [("csrf", manager.csrf.as_str()), ("route", "policy"), ("programme", programme), ("text", &text)];
        assert_eq!(manager.post_plain("/kb/ask", &fields).await.status, StatusCode::SEE_OTHER);
        let asked = site.engine.questions().await.unwrap();
        let found = asked.iter().find(|question| question.text == text).unwrap();
        let engine::pages::Route::PolicyUnit { address: to, .. } = &found.route else {
            panic!("{:?}", found.route)
        };
        assert_eq!(to, address);
    }
    // Without a programme there is no mailbox, and nothing is sent.
    let fields = [("csrf", manager.csrf.as_str()), ("route", "policy"), ("text", "What holds?")];
    assert_eq!(manager.post_plain("/kb/ask", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.engine.questions().await.unwrap().len(), boxes.len());
}

#[tokio::test]
async fn im04_memo_1_im09_memo_1_im172_memo_1_im179_memo_1_memos_are_found_by_programme_kind_and_form() {
    let site = Site::reading().await;
    let reader = site.sign_in("technician").await;
    let found = async |query: &str| {
        let text = reader.get(&format!("/kb/memos?{query}")).await.text;
        let links =
            text.split(r#"href="/kb/im-"#).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        links.collect::<Vec<_>>()
    };
    let manual = found("programme=TA&kind=manual+revision").await;
    assert!(
        manual.contains(&"09".to_owned()) && !manual.contains(&"33".to_owned()),
        "IM09-MEMO-1: {manual:?}"
    );
    assert_eq!(found("form=IM-7A").await, ["179"], "IM179-MEMO-1");
    for programme in ["SNAP", "TA", "CC", "MO+HealthNet"] {
        let memos = found(&format!("programme={programme}")).await;
        assert!(memos.contains(&"04".to_owned()), "IM04-MEMO-1 for {programme}: {memos:?}");
        assert!(memos.contains(&"172".to_owned()), "IM172-MEMO-1 for {programme}: {memos:?}");
    }
}

#[tokio::test]
async fn im10_memo_1_im179_ack_2_forms_have_numbers_of_their_own_and_tell_which_memo_brought_them() {
    let site = Site::reading().await;
    let reader = site.sign_in("technician").await;
    let forms = |text: &str| text.matches(r#"<li class="card kbe-form">"#).count();
    let form = reader.get("/kb/forms?q=IM-7A").await.text;
    assert!(form.contains(r#"<a href="/kb/im-179">memo IM-179</a>"#), "{form}");
    let chart = reader.get("/kb/forms?q=Calculation+Methods").await.text;
    assert!(forms(&chart) == 1 && chart.contains(r#"<a href="/kb/im-10">memo IM-10</a>"#), "{chart}");
    // AMB-NUMBER-COLLISION: form IM-33 is the approval notice, and no memo's page.
    let notice = reader.get("/kb/forms?q=IM-33").await.text;
    assert!(notice.contains("Approval Notice") && !notice.contains(r#"href="/kb/im-33""#), "{notice}");
    // AMB-IM31A-CASE: written either way.
    assert_eq!(forms(&reader.get("/kb/forms?q=im-31a").await.text), 1);
    // AMB-MISSING-REFERENCES: named, and nothing of it guessed.
    let tips = reader.get("/kb/hot-tips").await.text;
    assert!(
        tips.contains("Identifying Pandemic Unemployment Types on IMES") && tips.contains("to be supplied")
    );
    assert!(tips.contains("IM-37") && tips.contains("IM-35") && tips.contains("IM-67"), "{tips}");
}

/// IM02-ACK-1, IM04-ACK-1, IM05-ACK-1, IM09-ACK-1, IM10-ACK-1, IM31-ACK-1, IM32-ACK-1, IM172-ACK-1, IM179-ACK-1.
#[tokio::test]
async fn im02_ack_1_and_its_likes_every_memo_of_the_documents_lists_who_has_read_it() {
    let site = Site::reading().await;
    let manager = site.sign_in("manager").await;
    for slug in ["im-02", "im-04", "im-05", "im-09", "im-10", "im-31", "im-32", "im-33", "im-172", "im-179"] {
        let page = manager.get(&format!("/kb/edit/readers/{slug}")).await;
        assert_eq!(page.status, StatusCode::OK, "{slug}");
        for person in ["Demo technician", "Demo supervisor", "Demo manager"] {
            assert!(
                page.text.contains(&format!(r#"<span class="strong">{person}</span>"#)),
                "{slug}: {person}"
            );
        }
        assert!(page.text.contains("not read"), "{slug}");
    }
    // IM31-MEMO-1: the hours' calendar links back to the memo that set them.
    let hours = manager.get("/admin/hours/customer-service").await.text;
    let entries = hours.matches(r#"<a href="/kb/im-31">IM-31</a>"#).count();
    assert_eq!(entries, 2, "the closure of April 3, 2021 and the hours from April 5, 2021: {hours}");
}

#[tokio::test]
async fn im31_hours_5_hours_that_were_typed_but_not_added_are_taken_over_or_refused_at_their_field() {
    let site = Site::new().await;
    let editor = site.sign_in("editor").await;
    let slug = begun(&editor).await;
    let monday = next_monday(&site).to_string();
    let expected = version(&editor.get(&format!("/kb/edit/draft/{slug}")).await);
    let filled = |expected: &'_ str, hours: &'_ str, saturday: &'_ str| -> Vec<(String, String)> {
        let more = [
            ("hours_id", "customer-service"),
            ("hours_from", &monday),
            ("hours_monday", hours),
            ("hours_saturday", saturday),
        ];
        let all = memo(expected, "submit").into_iter().chain(more);
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let send = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        save(&editor, &slug, &fields).await
    };
    // What is no span of hours stops the sending, says so at its field, and is kept.
    let answer = send(filled(&expected, "7 to five", "")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains(r#"id="e-hours_monday""#), "{}", answer.text);
    assert!(answer.text.contains(r#"name="hours_monday" value="7 to five""#), "{}", answer.text);
    assert!(answer.text.contains(r#"id="build-hours" open"#), "{}", answer.text);
    assert!(answer.text.contains(r#"id="build-closed">"#), "only the group to mend is open");
    assert!(site.engine.draft(&slug).await.unwrap().unwrap().1.memo.unwrap().changes.is_empty());
    // What is one goes with the memo.
    let expected = version(&answer);
    let answer = send(filled(&expected, "7am-5pm", "closed")).await;
    assert_eq!(
        answer.header("location"),
        format!("/kb/edit/review/{slug}?said=submitted"),
        "{}",
        answer.text
    );
    let changes = site.engine.draft(&slug).await.unwrap().unwrap().1.memo.unwrap().changes;
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].set["/monday"], serde_json::json!(["07:00-17:00"]));
}

#[tokio::test]
async fn im31_memo_1_a_memo_of_a_later_day_is_listed_opens_and_misses_nobody_before_it() {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let slug = begun(&editor).await;
    let monday = next_monday(&site);
    let (first, expected) =
        (monday.to_string(), version(&editor.get(&format!("/kb/edit/draft/{slug}")).await));
    let mut fields = memo(&expected, "submit");
    fields.extend([
        ("from", first.as_str()),
        ("hours_id", "customer-service"),
        ("hours_from", &first),
        ("hours_monday", "07:00-19:00"),
        ("hours_friday", "07:00-18:00"),
        ("hours_sunday", "closed"),
    ]);
    let answer = save(&editor, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let answer = approve(&manager, &slug).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);

    let reader = site.sign_in("technician").await;
    let list = reader.get("/kb/memos").await.text;
    let short = monday.strftime("%b %-d, %Y").to_string();
    assert!(list.contains(&format!("Scheduled, from {short}")), "{list}");
    assert!(list.contains(&format!(r#"href="/kb/{slug}?edition=1""#)), "{list}");
    // Its page tells the settings in the order of the week and in words.
    let page = reader.get(&format!("/kb/{slug}?edition=1")).await;
    assert_eq!(page.status, StatusCode::OK);
    let words = crate::kb_reading::plain(&page.text);
    let told = "Opening hours: Customer Service Center hours , from";
    assert!(words.contains(told), "{words}");
    let rows = "What Before After Monday 6:00 am to 6:00 pm 7:00 am to 7:00 pm Friday 6:00 am to 6:00 pm 7:00 am to 6:00 pm Sunday closed";
    assert!(words.contains(rows), "{words}");

    let long = monday.strftime("%A, %B %-d, %Y").to_string();
    let readers = manager.get(&format!("/kb/edit/readers/{slug}")).await.text;
    assert!(readers.contains(&format!("takes force on {long}")), "{readers}");
    assert!(!readers.contains(">not read<"), "{readers}");
    let missing = manager.get(&format!("/kb/edit/readers/{slug}?state=missing")).await.text;
    assert!(missing.contains(">0 people<"), "{missing}");
    let days = i64::from(site.engine.today().until(monday).unwrap().get_days());
    site.pass((days * 24 + 2) * 60 * 60_000);
    let manager = site.sign_in("manager").await;
    let readers = manager.get(&format!("/kb/edit/readers/{slug}")).await.text;
    assert!(readers.contains(">not read<") && !readers.contains("takes force on"), "{readers}");
    // IM33-ACK-1: who closes the review is said before anybody looks for the button.
    assert!(readers.contains("manager closes its review once everybody in it has read"), "{readers}");
}
