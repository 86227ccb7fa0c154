//! Every fault that the appointment book of a pack can have is found, with its line; a pack without a book still loads.

use super::fixture::files;
use super::{Pack, PackError, parse};

const BOOK: &str = r#"[rules]
cutoff = { value = "15:30:00", clause = "SMS-T-1" }
late_not_before = { value = "12:00:00", clause = "SMS-T-1" }
horizon_days = 60
open_per_number_max = 3
moves_max = 10
link_hours = 72
companions_max = 20
alternatives_max = 3
holidays_from = "office"
line = { value = "main", clause = "SMS-T-1" }
task_title = { value = "Task", clause = "SMS-T-1" }
reminder = [{ days = 2 }, { hours = 2 }]

[[tell]]
clause = "SMS-T-1"
exact = false
in_force_from = "2025-04-22"
in_force_until = "2026-04-22"
text = { en = "Bring your papers." }

[[visit_type]]
id = "talk"
title = { en = "Long talk", es = "Charla larga" }
minutes = 30
start = "both"
clause = "SMS-T-1"
public = true

[[office]]
id = "north"
name = "North"
county = "Boone"
zips = ["65201"]
address = "1 Example Street"
hours = "office"
nearby = ["south"]
closure = [{ from = "2026-12-01", until = "2026-12-02", reason = "Paint" }]

[[office]]
id = "south"
name = "South"
county = "Boone"
zips = []
address = "2 Example Street"
hours = "office"
"#;

const KINDS: [&str; 16] = [
    "booked",
    "confirmed",
    "moved",
    "cancelled",
    "reminder",
    "office_closed",
    "another_time",
    "cannot_come",
    "opted_out",
    "office_open",
    "wish_noted",
    "which_visit",
    "opted_out_several",
    "wish_refused",
    "wish_known",
    "not_set_again",
];

fn book() -> String {
    let text = |kind: &&str| {
        format!(
            "\n[[text]]\nkind = \"{kind}\"\ntext = {{ en = \"At {{time}}: {kind}.\", es = \"A las {{time}}.\" }}\n"
        )
    };
    BOOK.to_owned() + &KINDS.iter().map(text).collect::<String>()
}

fn parsed(book: &str) -> Result<Pack, Vec<PackError>> {
    let mut files = files();
    files.insert("appointments.toml".to_owned(), book.to_owned());
    parse(&files)
}

/// One replacement raises exactly one fault: on the line that holds `at`, with these words.
#[track_caller]
fn check(from: &str, to: &str, at: &str, words: &str) {
    let sound = book();
    assert!(sound.contains(from), "the book does not hold {from:?}");
    let broken = sound.replacen(from, to, 1);
    let faults = parsed(&broken).err().unwrap_or_default();
    let [fault] = faults.as_slice() else { panic!("expected one fault, found {faults:#?}") };
    let line = 1 + sound.lines().position(|line| line.contains(at)).expect("the line");
    assert_eq!((fault.file.as_str(), fault.line), ("appointments.toml", Some(line)), "{fault}");
    assert!(fault.message.contains(words), "{fault}");
}

#[test]
fn a_pack_loads_with_a_book_and_without_one() {
    let pack = parsed(&book()).expect("the book is sound");
    let read = pack.appointments.expect("a book");
    assert_eq!(read.offices.iter().map(|office| office.capacity).collect::<Vec<_>>(), [1, 1]);
    let stored = serde_json::to_string(&read).expect("it serialises");
    assert_eq!(
        serde_json::from_str::<crate::appointment::AppointmentBook>(&stored).expect("it reads back"),
        read
    );
    assert_eq!(parse(&files()).expect("sound").appointments, None);
}

#[test]
fn numbers_and_references_are_checked() {
    check("horizon_days = 60", "horizon_days = 0", "horizon_days", "out of range");
    check("open_per_number_max = 3", "open_per_number_max = 0", "open_per_number_max", "out of range");
    check("link_hours = 72", "link_hours = 0", "link_hours", "out of range");
    check("alternatives_max = 3", "alternatives_max = 99", "alternatives_max", "out of range");
    check("{ hours = 2 }", "{ hours = 0 }", "reminder =", "out of range");
    check("holidays_from = \"office\"", "holidays_from = \"x\"", "holidays_from", "no hours `x`");
    check("value = \"main\"", "value = \"x\"", "line =", "no texting line `x`");
    check(
        "\"15:30:00\", clause = \"SMS-T-1\"",
        "\"15:30:00\", clause = \"X-1\"",
        "cutoff",
        "no clause `X-1`",
    );
    check("cutoff = { value = \"15:30:00\"", "cutoff = { value = \"25:30:00\"", "cutoff", "");
    check("minutes = 30", "minutes = 3", "minutes =", "out of range");
    check("start = \"both\"", "start = \"always\"", "start =", "unknown variant");
    check("public = true", "pubic = true", "public =", "unknown field");
}

#[test]
fn offices_and_lines_to_tell_are_checked() {
    check("zips = [\"65201\"]", "zips = [\"6520\"]", "zips = [\"65201\"]", "no ZIP code");
    check("nearby = [\"south\"]", "nearby = [\"west\"]", "nearby", "no other office");
    check("nearby = [\"south\"]", "nearby = [\"north\"]", "nearby", "no other office");
    check("name = \"South\"", "name = \" \"", "name = \"South\"", "empty");
    check("nearby = [\"south\"]", "capacity = 0", "nearby", "out of range");
    check("until = \"2026-12-02\"", "until = \"2026-11-02\"", "closure", "before it begins");
    check(
        "in_force_until = \"2026-04-22\"",
        "in_force_until = \"2024-04-22\"",
        "in_force_until",
        "before it begins",
    );
    check("exact = false", "exact = true", "text = { en = \"Bring", "not the one that SMS-T-1 prescribes");
}

#[test]
fn texts_never_give_the_reason_nor_ask_for_the_bare_word() {
    // AMB-56
    check("At {time}: booked.", "At {time}: your long talk.", "At {time}: booked", "never texted");
    check("At {time}: booked.", "At {time}: reply CANCEL.", "At {time}: booked", "opt-out");
    check("At {time}: booked.", "Responda cancelar.", "At {time}: booked", "opt-out");
    check("At {time}: booked.", "At {reason}.", "At {time}: booked", "no other brace");
    let twice = "kind = \"booked\"\ntext = { en = \"x\", es = \"x\" }\n[[text]]\nkind = \"moved\"";
    check("kind = \"moved\"", twice, "kind = \"moved\"", "has a text already");
}
