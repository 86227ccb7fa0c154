//! Every fault that a pack can have is found, with its file and its line.

use super::fixture::{faults_after, files, line_with, pack};
use super::{OpenSpan, PackError, parse};
use crate::intent::Topic;

/// One replacement must raise exactly one fault: on the line that holds `at`, with these words in its message.
#[track_caller]
fn check(file: &str, from: &str, to: &str, at: &str, words: &str) {
    let faults = faults_after(file, from, to);
    let [fault] = faults.as_slice() else { panic!("expected one fault, found {faults:#?}") };
    assert_eq!(fault.file, file);
    assert_eq!(fault.line, Some(line_with(file, at)), "{fault}");
    assert!(fault.message.contains(words), "{fault}");
}

/// As [`check`], where one slip rightly raises faults in other places too.
#[track_caller]
fn check_among(file: &str, from: &str, to: &str, at: &str, words: &str) {
    let faults = faults_after(file, from, to);
    let line = Some(line_with(file, at));
    let found =
        faults.iter().any(|fault| fault.file == file && fault.line == line && fault.message.contains(words));
    assert!(found, "not among {faults:#?}");
}

#[test]
fn the_fixture_is_sound_and_reads_back() {
    let pack = pack();
    assert_eq!(pack.queues.hours_of("texts").map(|hours| hours.id.as_str()), Some("office"));
    assert_eq!(pack.sms_sop(jiff::civil::date(2026, 6, 30)).map(|sop| sop.version.as_str()), Some("one"));
    assert_eq!(pack.sms_sop(jiff::civil::date(2026, 7, 1)), None);
    assert_eq!(pack.sms_sop(jiff::civil::date(2025, 4, 21)), None);
    assert_eq!(pack.clauses.ambiguities_of("SMS-T-1").count(), 1);
    let sop = &pack.sop_sms[0];
    assert_eq!(sop.response_in("greeting", "es"), "closed");
    assert_eq!(sop.response_in("greeting", "en"), "greeting");
    assert_eq!(sop.clarify_for(&[Topic::Hours, Topic::Documents]), ["which"]);
    assert_eq!(pack.agency.child_abuse_sms_contacts().len(), 1);
    assert!(pack.agency.child_abuse_sms_contacts()[0].is_unset());
}

#[test]
fn settings_can_be_stored_and_read_back() {
    let pack = pack();
    let stored = serde_json::to_string(&pack.sop_sms).expect("settings serialise");
    let read: Vec<super::SmsSopVersion> = serde_json::from_str(&stored).expect("settings read back");
    assert_eq!(read, pack.sop_sms);
    let stored = serde_json::to_string(&pack.queues).expect("settings serialise");
    let read: super::Queues = serde_json::from_str(&stored).expect("settings read back");
    assert_eq!(read, pack.queues);
}

#[test]
fn required_levels_fall_with_the_wait() {
    let pack = pack();
    let queue = pack.queues.queue("texts").expect("the queue");
    let level_after = |seconds| queue.required_after(seconds)[0].level;
    assert_eq!([level_after(0), level_after(59), level_after(60), level_after(180)], [3, 3, 2, 1]);
}

#[test]
fn a_missing_file_is_named() {
    for file in ["agency.toml", "queues.toml", "presence.toml", "wrap_up.toml", "sop/sms.toml"] {
        let mut files = files();
        files.remove(file);
        let faults = parse(&files).expect_err("a pack without it is refused");
        let missing =
            PackError { file: file.to_owned(), line: None, message: "the file is missing".to_owned() };
        assert_eq!(faults, [missing]);
    }
    for folder in ["canned/all.toml", "clauses/test.toml"] {
        let mut files = files();
        files.remove(folder);
        assert!(parse(&files).expect_err("a pack without it is refused")[0].message.contains("is missing"));
    }
}

#[test]
fn demo_data_is_all_or_nothing() {
    let mut files = files();
    files.remove("demo/day.toml");
    assert_eq!(parse(&files).expect_err("half a demo is refused")[0].file, "demo/day.toml");
    files.retain(|file, _| !file.starts_with("demo/"));
    assert_eq!(parse(&files).map(|pack| pack.demo), Ok(None));
}

#[test]
fn a_misspelt_file_is_refused_and_other_sorts_are_left_alone() {
    let mut files = files();
    files.insert("README.md".to_owned(), "not = toml = at all".to_owned());
    files.insert("knowledge/article.toml".to_owned(), "title = \"x\"".to_owned());
    assert!(parse(&files).is_ok());
    files.insert("quues.toml".to_owned(), String::new());
    assert_eq!(
        parse(&files).expect_err("refused")[0].to_string(),
        "quues.toml: no part of a pack has this name; is it misspelt?"
    );
}

#[test]
fn shape_faults_have_file_and_line() {
    check("agency.toml", "unit = \"Test Unit\"", "unit = ", "unit =", "");
    check("agency.toml", "pace_per_second = 3", "pace_per_secnd = 3", "pace_per_second", "unknown field");
    check(
        "presence.toml",
        "ignored_offers_max = 2",
        "ignored_offers_max = \"two\"",
        "ignored_offers_max",
        "invalid type",
    );
    check("queues.toml", "\"06:00-12:00\"", "\"6-12\"", "06:00-12:00", "is not a span of hours");
    check("queues.toml", "\"06:00-12:00\"", "\"12:00-06:00\"", "06:00-12:00", "ends before it begins");
    check("queues.toml", "2026-12-28", "2026-12-32", "2026-12-28", "");
    check("sop/sms.toml", "2025-04-22", "2025-02-30", "2025-04-22", "");
    check(
        "canned/all.toml",
        "kind = \"clarify\"",
        "kind = \"clarfy\"",
        "kind = \"clarify\"",
        "unknown variant",
    );
    check("clauses/test.toml", "[[ambiguity]]", "[[ambigity]]", "[[ambiguity]]", "unknown field");
}

#[test]
fn all_faults_of_all_files_come_at_once() {
    let mut files = files();
    let mut spoil = |file: &str, from: &str, to: &str| {
        let text = files.get_mut(file).expect("the file");
        *text = text.replacen(from, to, 1);
    };
    spoil("canned/all.toml", "kind = \"goodbye\"", "kind = \"goodby\"");
    spoil("canned/all.toml", "kind = \"clarify\"", "kynd = \"clarify\"");
    spoil("queues.toml", "offer_timeout_seconds = 20", "offer_timeout_seconds = 0");
    spoil("queues.toml", "waiting_max = 10", "waiting_max = 0");
    spoil("demo/people.toml", "name = \"Demo Sol\"", "name = \"Sol\"");
    let faults = parse(&files).expect_err("five faults");
    let places: Vec<(&str, Option<usize>)> =
        faults.iter().map(|fault| (fault.file.as_str(), fault.line)).collect();
    let at = |file: &'static str, text: &str| (file, Some(line_with(file, text)));
    assert_eq!(
        places,
        [
            at("canned/all.toml", "kind = \"goodbye\""),
            at("canned/all.toml", "kind = \"clarify\""),
            at("demo/people.toml", "name = \"Demo Sol\""),
            at("queues.toml", "offer_timeout_seconds"),
            at("queues.toml", "waiting_max"),
        ],
        "{faults:#?}"
    );
}

#[test]
fn faults_of_the_agency() {
    let file = "agency.toml";
    check(file, "America/Chicago", "America/Chikago", "time_zone", "no time zone");
    check(file, "queue = \"texts\"", "queue = \"calls\"", "queue =", "no queue `calls`");
    check_among(file, "channel = \"sms\"", "channel = \"fax\"", "channel =", "no channel");
    check(file, "pace_per_second = 3", "pace_per_second = 1001", "pace_per_second", "out of range");
    check(file, "pace_per_second = 3", "pace_per_second = 0", "pace_per_second", "out of range");
    check(file, "\"855-555-0100\"", "\"855-555-0101\"", "\"855-555-0100\"", "is not the number");
    check(file, "clause = \"SMS-T-1\"", "clause = \"SMS-T-9\"", "clause =", "no clause `SMS-T-9`");
    check(file, "accept_seconds = 60", "accept_seconds = 86401", "accept_seconds", "out of range");
    check(file, "primary@agency.invalid", "primary", "primary@", "no mail address");
    check(file, "sms = [\"primary\"]", "sms = [\"second\"]", "sms =", "no contact role `second`");
    check_among(
        file,
        "https://report.example",
        "http://report.example",
        "https://report",
        "does not begin with https://",
    );
}

#[test]
fn faults_of_the_queues() {
    let file = "queues.toml";
    check(file, "sms = 2", "sms = 26", "sms = 2", "out of range");
    check(file, "skill = \"sms\"", "skill = \"smss\"", "required", "no skill `smss`");
    check(file, "level = 3", "level = 6", "required", "level 6 is out of range");
    check(file, "offer_timeout_seconds = 20", "offer_timeout_seconds = 0", "offer_timeout", "out of range");
    check(file, "sticky_seconds = 300", "sticky_seconds = 90000", "sticky", "out of range");
    check(file, "waiting_max = 10", "waiting_max = 0", "waiting_max", "give 1 to");
    check(file, "hours = \"office\"", "hours = \"shop\"", "hours = \"office\"", "no hours `shop`");
    check(file, "\"13:00-18:00\"", "\"11:00-18:00\"", "monday", "overlap");
    check(
        file,
        "after_seconds = 180, level = 1",
        "after_seconds = 30, level = 1",
        "relax",
        "must come later",
    );
    check(file, "auto_reply = \"closed\"", "auto_reply = \"shut\"", "auto_reply", "no response `shut`");
    check(file, "auto_reply = \"closed\"", "auto_reply = \"help\"", "auto_reply", "another kind");
    check_among(file, "language = \"en\"", "language = \"fr\"", "language =", "does not offer");
    check(
        file,
        "date = \"2026-12-28\", name = \"Test Day\" }",
        "date = \"2026-12-28\", name = \"A\" }, { date = \"2026-12-28\", name = \"B\" }",
        "holidays",
        "holiday twice",
    );
}

#[test]
fn faults_of_presence_and_wrap_up() {
    let grace = "not_responding_grace_seconds";
    check(
        "presence.toml",
        "not_responding_grace_seconds = 20",
        "not_responding_grace_seconds = 0",
        grace,
        "out of range",
    );
    check(
        "presence.toml",
        "ignored_offers_max = 2",
        "ignored_offers_max = 0",
        "ignored_offers_max",
        "give 1 to",
    );
    check("presence.toml", "id = \"break\"", "id = \"The Break\"", "id = \"break\"", "is no id");
    check("wrap_up.toml", "channels = [\"sms\"]", "channels = [\"post\"]", "channels", "no channel");
}

#[test]
fn sms_script_1_faults_of_the_library() {
    let file = "canned/all.toml";
    check_among(file, "id = \"referral\"", "id = \"which\"", "id = \"referral\"", "used twice");
    check(file, "clause = \"SMS-T-1\"", "clause = \"SMS-T-9\"", "clause =", "no clause `SMS-T-9`");
    check(file, "Welcome.", "Welcome!", "Welcome.", "not the one that SMS-T-1 prescribes");
    check(file, "note = \"to approve: safe\"", "note = \"\"", "to approve: safe", "needs a note");
    check(file, "Text of safe.", "Text of {name}.", "Text of safe.", "the only slot");
    check(file, "keywords = [\"safe\"]", "keywords = []", "keywords = [\"safe\"]", "without a keyword");
    let long = "x".repeat(1601);
    check(file, "Text of safe.", &long, "Text of safe.", "1601 characters");
    check(file, "es = \"Texto de safe.\"", "fr = \"Texte.\"", "Text of safe.", "does not offer");
}

#[test]
fn faults_of_the_sms_procedure() {
    let file = "sop/sms.toml";
    check(
        file,
        "value = 180, clause = \"SMS-T-1\" }\ndelay",
        "value = 0, clause = \"SMS-T-1\" }\ndelay",
        "customer_silent",
        "0 seconds",
    );
    check(file, "value = 300", "value = 86401", "delay_reply", "out of range");
    check(file, "reactions_max = 16", "reactions_max = 17", "reactions_max", "give 1 to 16");
    check(
        file,
        "value = 300, clause = \"SMS-T-1\"",
        "value = 300, clause = \"SMS-T-9\"",
        "delay_reply",
        "no clause",
    );
    check(file, "help = \"help\"", "help = \"sos\"", "help =", "no response `sos`");
    check(file, "help = \"help\"", "help = \"media\"", "help =", "another kind");
    check(file, "questions = [\"which\"]", "questions = [\"help\"]", "questions", "another kind");
    check(file, "[\"which\"], clause", "[], clause", "clarify_other", "at least one question");
    check(file, "value = [\"referral\"]", "value = [\"referal\"]", "referrals", "no response `referal`");
    check(file, "1-800-555-0111", "1-800-555-0112", "hotline = {", "not among the agency's numbers");
    check(
        file,
        "report.example/default.aspx",
        "report.example/",
        "report_address",
        "not among the agency's links",
    );
    check(file, "\"self_service_mail\", ", "", "self_service_order", "each of the three");
    check(file, "2026-06-30", "2025-04-21", "in_force_until", "ends before it begins");
    check(
        file,
        "greeting = \"closed\"",
        "greeting = \"nobody\"",
        "greeting = \"closed\"",
        "no response `nobody`",
    );
    check(
        file,
        "{ value = \"Read it.\", clause = \"SMS-T-1\" }",
        "",
        "[[version.acknowledgement.section]]",
        "empty",
    );
}

#[test]
fn periods_in_force_must_not_overlap() {
    let mut files = files();
    let first = files["sop/sms.toml"].clone();
    let later = |from: &str| {
        let text = first.replace("version = \"one\"", "version = \"two\"").replace("2025-04-22", from);
        text.replace("in_force_until = \"2026-06-30\"\n", "")
    };
    files.insert("sop/sms.toml".to_owned(), format!("{first}\n{}", later("2026-07-01")));
    let pack = parse(&files).expect("the second follows the first");
    let in_force = |day| pack.sms_sop(day).map(|sop| sop.version.as_str());
    assert_eq!(in_force(jiff::civil::date(2026, 6, 30)), Some("one"));
    assert_eq!(in_force(jiff::civil::date(2026, 7, 1)), Some("two"));
    assert_eq!(in_force(jiff::civil::date(2036, 7, 1)), Some("two"));

    files.insert("sop/sms.toml".to_owned(), format!("{first}\n{}", later("2026-06-30")));
    let faults = parse(&files).expect_err("they share a day");
    assert_eq!(faults.len(), 1);
    assert!(faults[0].message.contains("overlap those of version `one`"), "{faults:?}");
    assert!(faults[0].line > Some(first.lines().count()), "{faults:?}");
}

#[test]
fn faults_of_the_catalogue() {
    let faults = faults_after("clauses/test.toml", "clauses = [\"SMS-T-1\"]", "clauses = [\"SMS-T-2\"]");
    assert!(faults[0].message.contains("concerns `SMS-T-2`"), "{faults:?}");
    let mut files = files();
    let again = files["clauses/test.toml"].clone();
    files.insert("clauses/twice.toml".to_owned(), again);
    let faults = parse(&files).expect_err("the same ids twice");
    assert!(faults.iter().all(|fault| fault.message.contains("in the catalogue twice")), "{faults:?}");
    assert_eq!(faults.len(), 2);
}

#[test]
fn faults_of_the_demonstration() {
    let file = "demo/people.toml";
    check(file, "office = \"north\"", "office = \"south\"", "office = \"north\"", "no office `south`");
    check(file, "supervisor = \"sol\"", "supervisor = \"ana\"", "supervisor = ", "no supervisor");
    check(file, "skill = \"sms\"", "skill = \"chat\"", "skills", "no skill `chat`");
    check(file, "skills = [", "capacity_sms = 26\nskills = [", "skills = [", "out of range");
    check(file, "name = \"Demo Ana\"", "name = \"Ana\"", "name = \"Demo Ana\"", "begins with `Demo `");
    let file = "demo/approvals.toml";
    check(file, "\"which\"]", "\"whose\"]", "responses", "no response `whose`");
    check(file, "\"which\"]", "\"greeting\"]", "responses", "is no draft");
    check(file, "\"which\"]", "\"closed\"]", "responses", "approved twice");
    check("demo/day.toml", "language = \"en\"", "language = \"fr\"", "language", "does not offer");
}

#[test]
fn spans_of_hours_are_written_one_way() {
    for wrong in ["6:00-18:00", "06:00", "06:60-18:00", "18:00-18:00", "06:00-24:01", "+6:00-18:00", ""] {
        assert!(OpenSpan::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    let span = OpenSpan::try_from("06:00-24:00".to_owned()).expect("a span");
    assert_eq!(span.to_string(), "06:00-24:00");
}
