//! A small sound pack for tests, and a way to break one spot of it.

use std::collections::BTreeMap;

use super::{Pack, PackError, parse};

const AGENCY: &str = r#"id = "test"
name = "Test Agency"
unit = "Test Unit"
time_zone = "America/Chicago"
languages = ["en", "es"]

[[line]]
id = "main"
channel = "sms"
number = "+18555550100"
shown = "855-555-0100"
queue = "texts"
pace_per_second = 3
clause = "SMS-T-1"

[[office]]
id = "north"
name = "North"

[office.supervisor]
alert = ["immediate_supervisor", "available_supervisors"]
means = ["desktop_alert"]
accept_seconds = 60
procedure = "Alert, then transfer."
clause = "SMS-T-1"

[[phone_number]]
id = "hotline"
title = "Hotline"
number = "+18005550111"
shown = "1-800-555-0111"
source = "test"

[[contact_role]]
id = "primary"
title = "Primary contact"
address = "primary@agency.invalid"

[[link]]
id = "report"
title = "Report"
address = "https://report.example/default.aspx"
source = "test"

[notices.child_abuse]
sms = ["primary"]
clause = "SMS-T-1"
"#;

const QUEUES: &str = r#"[capacity]
sms = 2

[[skill]]
id = "sms"
title = "Texts"

[[hours]]
id = "office"
title = "Office hours"
draft = true
source = "test"
monday = ["06:00-12:00", "13:00-18:00"]
sunday = ["00:00-24:00"]
holidays = [{ date = "2026-12-28", name = "Test Day" }]

[[queue]]
id = "texts"
title = "Texts"
channel = "sms"
line = "main"
language = "en"
priority = 0
ageing_points_per_minute = 1
offer_timeout_seconds = 20
sticky_seconds = 300
required = [{ skill = "sms", level = 3 }]
relax = [{ after_seconds = 60, level = 2 }, { after_seconds = 180, level = 1 }]
waiting_max = 10
hours = "office"
delay_automatic = false
auto_reply = "closed"
"#;

const PRESENCE: &str = r#"not_responding_grace_seconds = 20
ignored_offers_max = 2

[[reason]]
id = "break"
title = "Break"
draft = true
"#;

const WRAP_UP: &str = r#"[[code]]
id = "general"
title = "General"
channels = ["sms"]
referral = false
draft = true
"#;

const SOP: &str = r#"[[version]]
version = "one"
title = "SMS SOP"
in_force_from = "2025-04-22"
in_force_until = "2026-06-30"
customer_silent_seconds = { value = 180, clause = "SMS-T-1" }
delay_reply_seconds = { value = 300, clause = "SMS-T-1" }
check_in_seconds = { value = 180, clause = "SMS-T-1" }
reactions_max = 16
report_address = { value = "https://report.example/default.aspx", clause = "SMS-T-1" }
self_service_order = { value = ["self_service_online", "self_service_mail", "self_service_email"], clause = "SMS-T-1" }
referrals = { value = ["referral"], clause = "SMS-T-1" }
clarify_other = { value = ["which"], clause = "SMS-T-1" }
hotline = { name = "Hotline", number = "1-800-555-0111", clause = "SMS-T-1" }

[version.responses]
greeting = "greeting"
goodbye = "goodbye"
delay_notice = "delay-notice"
delay_wrap_up = "delay-wrap-up"
cannot_answer = "cannot-answer"
check_in = "check-in"
opt_out_confirmation = "out"
opt_in_confirmation = "in"
help = "help"
media_refused = "media"
safety_check = "safe"
hotline = "hotline"
call_notice = "call"

[version.translations.es]
greeting = "closed"

[[version.clarify]]
topic = "documents"
questions = ["which"]

[version.acknowledgement]
notice = { value = "Mind the SOP.", clause = "SMS-T-1" }

[[version.acknowledgement.section]]
title = "All"
sentences = [{ value = "Read it.", clause = "SMS-T-1" }]
"#;

const CLAUSES: &str = r#"[[clause]]
id = "SMS-T-1"
source = "Test SOP"
lines = "000:1"
says = "It says something."
script = "Hello. My name is. Welcome."
kind = "script"
actor = "system"
enforce = "automatic"
how = "So."
check = "Given, when, then."
systems = []

[[ambiguity]]
id = "AMB-T"
what = "What?"
proposed_resolution = "This."
clauses = ["SMS-T-1"]
"#;

const PEOPLE: &str = r#"[[person]]
user_name = "ana"
name = "Demo Ana"
first_name = "Ana"
role = "technician"
office = "north"
supervisor = "sol"
skills = [{ skill = "sms", level = 4 }]

[[person]]
user_name = "sol"
name = "Demo Sol"
first_name = "Sol"
role = "supervisor"
office = "north"
"#;

const APPROVALS: &str = r#"note = "demo"
responses = ["closed", "which"]
"#;

const DAY: &str = r#"[[sample]]
id = "hi"
label = "Hi"
language = "en"
text = "hi"
"#;

/// The kinds that the fixture's library holds, each under the id that the fixture's procedure names.
const RESPONSES: [(&str, &str); 15] = [
    ("goodbye", "goodbye"),
    ("delay-notice", "delay_notice"),
    ("delay-wrap-up", "delay_wrap_up"),
    ("cannot-answer", "cannot_answer"),
    ("check-in", "check_in"),
    ("out", "opt_out_confirmation"),
    ("in", "opt_in_confirmation"),
    ("help", "help"),
    ("media", "media_refused"),
    ("safe", "general"),
    ("hotline", "hotline"),
    ("call", "call_notice"),
    ("closed", "auto_reply"),
    ("which", "clarify"),
    ("referral", "referral"),
];

fn library() -> String {
    let mut text = r#"[[response]]
id = "greeting"
title = "Greeting"
keywords = ["Greeting"]
channels = ["sms"]
topics = []
kind = "greeting"
status = "approved"
clause = "SMS-T-1"
editable = false
version = 1
text = { en = "Hello. My name is {worker_first_name}. Welcome." }
"#
    .to_owned();
    for (id, kind) in RESPONSES {
        text += &format!(
            "\n[[response]]\nid = \"{id}\"\ntitle = \"Title of {id}\"\nkeywords = [\"{id}\"]\nchannels = [\"sms\"]\n\
             topics = []\nkind = \"{kind}\"\nstatus = \"draft\"\neditable = true\nversion = 1\n\
             note = \"to approve: {id}\"\ntext = {{ en = \"Text of {id}.\", es = \"Texto de {id}.\" }}\n"
        );
    }
    text
}

/// The files of the small pack.
pub(super) fn files() -> BTreeMap<String, String> {
    let library = library();
    [
        ("agency.toml", AGENCY),
        ("queues.toml", QUEUES),
        ("presence.toml", PRESENCE),
        ("wrap_up.toml", WRAP_UP),
        ("sop/sms.toml", SOP),
        ("canned/all.toml", library.as_str()),
        ("clauses/test.toml", CLAUSES),
        ("demo/people.toml", PEOPLE),
        ("demo/approvals.toml", APPROVALS),
        ("demo/day.toml", DAY),
    ]
    .into_iter()
    .map(|(file, text)| (file.to_owned(), text.to_owned()))
    .collect()
}

/// The small pack, parsed.
pub(super) fn pack() -> Pack {
    parse(&files()).unwrap_or_else(|faults| panic!("the fixture is sound: {faults:?}"))
}

/// The faults after one spot of one file is replaced.
pub(super) fn faults_after(file: &str, from: &str, to: &str) -> Vec<PackError> {
    let mut files = files();
    let text = files.get_mut(file).expect("the fixture has the file");
    assert!(text.contains(from), "{file} does not hold {from:?}");
    *text = text.replacen(from, to, 1);
    parse(&files).err().unwrap_or_default()
}

/// The line, from 1, on which a text first stands in a file of the fixture.
pub(super) fn line_with(file: &str, text: &str) -> usize {
    let files = files();
    1 + files[file].lines().position(|line| line.contains(text)).expect("the fixture holds the text")
}
