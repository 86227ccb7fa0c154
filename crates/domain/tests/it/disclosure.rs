//! The disclosure guard against the labelled texts and against hostile input.
//!
//! `tune.tsv` to `tune_17.tsv` and `everyday.tsv` may be read row by row while working on the guard, and its second opinion is
//! learned from them. `held_out.tsv`, `held_out_4.tsv` and `held_out_5.tsv` are measured only: their rows are never printed, just totals by kind
//! and language. See `tests/disclosure/README.md` for the labels.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use domain::disclosure::opinion::{SAMPLED, fingerprint, learned_from};
use domain::disclosure::{
    Allowed, FindingKind, Judgement, features, judge_outgoing, mask_incoming, promises_supervisor_callback,
    screen_outgoing,
};

struct Row {
    refuse: bool,
    kind: String,
    language: String,
    earlier: Vec<String>,
    text: String,
}

fn rows(file: &str) -> Vec<Row> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/disclosure").join(file);
    let body = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let unescape = |text: &str| text.replace("\\n", "\n");
    body.lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields.len(), 6, "six columns in every row of {file}");
            Row {
                refuse: match fields[1] {
                    "refuse" => true,
                    "pass" => false,
                    other => panic!("unknown label {other} in {file}"),
                },
                kind: fields[2].to_owned(),
                language: fields[3].to_owned(),
                earlier: fields[4].split(" || ").filter(|part| !part.is_empty()).map(unescape).collect(),
                text: unescape(fields[5]),
            }
        })
        .collect()
}

fn allowed() -> Allowed {
    Allowed {
        phone_numbers: ["855-684-9242", "855-373-4636", "1-800-392-3738"].map(str::to_owned).to_vec(),
        phrases: Vec::new(),
    }
}

fn refused(text: &str) -> bool {
    !screen_outgoing(text, &[], &allowed()).is_empty()
}

/// How a file's texts are judged. A text is hindered when it is refused or when the guard is in doubt about it.
#[derive(Default)]
struct Measured {
    recall: f64,
    precision: f64,
    hindered_recall: f64,
    hindered_precision: f64,
    table: String,
}

/// Recall, precision and a table of what went wrong, by label, kind and language.
fn measure(file: &str) -> Measured {
    let (mut refused, mut hindered, mut all) = ([0_u32; 2], [0_u32; 2], [0_u32; 2]);
    let mut wrong: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows(file) {
        let earlier: Vec<&str> = row.earlier.iter().map(String::as_str).collect();
        let judgement = judge_outgoing(&row.text, &earlier, &allowed());
        let (found, doubt) = (!judgement.findings.is_empty(), judgement.doubtful);
        assert!(!(found && doubt), "a refused text is in no doubt");
        let at = usize::from(row.refuse);
        all[at] += 1;
        refused[at] += u32::from(found);
        hindered[at] += u32::from(found || doubt);
        if row.refuse != found {
            let label = if row.refuse { "missed" } else { "false alarm" };
            let asked = if doubt { " (in doubt)" } else { "" };
            *wrong.entry(format!("{label}{asked} {} {}", row.kind, row.language)).or_default() += 1;
        }
    }
    let recall = |got: [u32; 2]| f64::from(got[1]) / f64::from(all[1]);
    let precision = |got: [u32; 2]| f64::from(got[1]) / f64::from(got[0] + got[1]);
    let mut measured = Measured {
        recall: recall(refused),
        precision: precision(refused),
        hindered_recall: recall(hindered),
        hindered_precision: precision(hindered),
        table: String::new(),
    };
    write!(
        measured.table,
        "{file}: refused, recall {:.3}, precision {:.3}; refused or in doubt, recall {:.3}, precision {:.3}",
        measured.recall, measured.precision, measured.hindered_recall, measured.hindered_precision
    )
    .expect("writing to a string");
    for (what, count) in wrong {
        write!(measured.table, "\n  {count} x {what}").expect("writing to a string");
    }
    measured
}

/// Asserts that a file reaches a recall and a precision with what is refused outright.
fn reaches(file: &str, least_recall: f64, least_precision: f64) -> Measured {
    let measured = measure(file);
    println!("{}", measured.table);
    assert!(measured.recall >= least_recall, "{}", measured.table);
    assert!(measured.precision >= least_precision, "{}", measured.table);
    measured
}

#[test]
fn sms_gen_4_held_out_texts_stay_at_the_measured_figures() {
    // The goal is recall 0.98 and precision 0.95, by what is refused outright. The bars stand at the goal or just below what
    // was measured, so that it cannot fall. Whoever raises it raises the bars.
    let first = reaches("held_out.tsv", 0.98, 0.955);
    let fourth = reaches("held_out_4.tsv", 0.985, 0.98);
    let fifth = reaches("held_out_5.tsv", 0.99, 0.99);
    for (measured, least) in [(first, 0.92), (fourth, 0.944), (fifth, 0.97)] {
        assert!(
            measured.hindered_recall >= 0.99 && measured.hindered_precision >= least,
            "{}",
            measured.table
        );
    }
}

#[test]
fn sms_gen_4_texts_that_were_learned_from_reach_the_goal() {
    reaches("tune.tsv", 0.98, 0.95);
    for number in 2..=17 {
        reaches(&format!("tune_{number}.tsv"), 0.98, 0.95);
    }
}

#[test]
fn sms_gen_4_every_everyday_text_passes_unasked() {
    let all = rows("everyday.tsv");
    assert!(all.len() > 400);
    for row in all {
        let earlier: Vec<&str> = row.earlier.iter().map(String::as_str).collect();
        let judgement = judge_outgoing(&row.text, &earlier, &allowed());
        assert!(!row.refuse && judgement == Judgement::default(), "{}: {judgement:?}", row.text);
        // What a text is does not hang on a harmless one before it.
        for before in
            ["Hello! How can I help you today?", "Hola, ¿en qué le puedo ayudar?", "When did you apply?"]
        {
            let found = screen_outgoing(&row.text, &[before], &allowed());
            assert!(found.is_empty(), "{} after {before}: {found:?}", row.text);
        }
    }
}

#[test]
fn sms_gen_4_the_table_was_learned_from_these_texts_with_these_features() {
    let files = [
        "everyday.tsv",
        "tune.tsv",
        "tune_2.tsv",
        "tune_3.tsv",
        "tune_4.tsv",
        "tune_5.tsv",
        "tune_6.tsv",
        "tune_7.tsv",
        "tune_8.tsv",
        "tune_9.tsv",
        "tune_10.tsv",
        "tune_11.tsv",
        "tune_12.tsv",
        "tune_13.tsv",
        "tune_14.tsv",
        "tune_15.tsv",
        "tune_16.tsv",
        "tune_17.tsv",
    ];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/disclosure");
    let texts = files.iter().fold(0, |sum, file| {
        fingerprint(sum, &std::fs::read(folder.join(file)).expect("the labelled texts"))
    });
    // A sample of the features is enough to see that the code that makes them has changed.
    let mut seen = 0;
    for row in files.into_iter().flat_map(rows).step_by(SAMPLED) {
        let earlier: Vec<&str> = row.earlier.iter().map(String::as_str).collect();
        for place in features(&row.text, &earlier, &allowed()).groups.iter().flatten() {
            seen = fingerprint(seen, &place.to_le_bytes());
        }
    }
    assert_eq!(
        learned_from(),
        (texts, seen),
        "learn it anew: cargo run --release -p domain --example learn_guard"
    );
}

#[test]
fn sms_gen_4_what_no_rule_names_sounds_like_a_fact_of_this_case() {
    // Found by the second opinion alone, which names no kind and no place.
    let text = "another stub and they can push it through";
    let found = screen_outgoing(text, &[], &allowed());
    assert_eq!(found.len(), 1, "{found:?}");
    let stored = serde_json::to_string(&FindingKind::SoundsLikeCase).expect("json");
    assert_eq!(serde_json::from_str::<FindingKind>(&stored).expect("read"), FindingKind::CaseStatus);
}

#[test]
fn sms_gen_4_only_the_beginning_of_a_very_long_text_is_judged() {
    let filler = "Thank you for your patience. ".repeat(60);
    assert!(filler.len() > 1_600 && !refused(&filler));
    assert!(
        refused(&format!("{filler} Your application was approved.")),
        "within the first 4,000 characters"
    );
    let endless = "Thank you for your patience. ".repeat(4_000);
    for finding in screen_outgoing(&format!("Your application was approved. {endless}"), &[], &allowed()) {
        assert!(finding.end <= 4_000, "{finding:?}");
    }
}

#[test]
fn sms_gen_4_names_the_kind_and_the_place() {
    let cases = [
        ("Found it: 123-45-6789 is yours", FindingKind::SocialSecurityNumber, "123-45-6789"),
        ("Your DCN is 12345678", FindingKind::Dcn, "12345678"),
        ("Use 5076 8012 3456 7890 today", FindingKind::EbtCard, "5076 8012 3456 7890"),
        ("DOB 03/14/1987", FindingKind::BirthDate, "03/14/1987"),
        ("You will get $291 on Friday", FindingKind::BenefitAmount, "$291"),
    ];
    for (text, kind, piece) in cases {
        let found = screen_outgoing(text, &[], &allowed());
        assert!(found.iter().any(|f| f.kind == kind && &text[f.start..f.end] == piece), "{text}: {found:?}");
    }
    let status = screen_outgoing("Your application was approved", &[], &allowed());
    assert!(status.iter().any(|f| f.kind == FindingKind::CaseStatus), "{status:?}");
    let notice = screen_outgoing("We mailed you a notice on 3/4", &[], &allowed());
    assert!(notice.iter().any(|f| f.kind == FindingKind::Notice), "{notice:?}");
}

#[test]
fn sms_gen_4_disguises_do_not_help() {
    for text in [
        "Y\u{200b}our cas\u{200b}e is clo\u{200b}sed",
        "\u{ff39}our application was \u{ff41}pproved",
        "Your application was аpprоved",
        "y0ur c4se was cl0sed",
        "your application was a p p r o v e d",
        "Your application was\napproved",
        "123\u{200d}-45\u{fe0f}-6789",
        "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣",
        "one two three, four five, six seven eight nine",
        "١٢٣٤٥٦٧٨٩",
    ] {
        assert!(refused(text), "must be refused: {text:?}");
    }
}

#[test]
fn sms_gen_4_pieces_are_caught_at_the_last_piece() {
    let last = |earlier: &[&str], text: &str| screen_outgoing(text, earlier, &allowed());
    assert!(!last(&["your social:", "123", "45"], "6789").is_empty());
    assert!(!last(&["your application", "was"], "approved").is_empty());
    assert!(!last(&["Your benefit amount is"], "$291").is_empty());
    assert!(last(&["Our number is", "855"], "373-4636").is_empty());
    assert!(last(&["Hello", "How can I help?"], "When did you apply?").is_empty());
    for finding in last(&["your application", "was"], "approved") {
        assert!(finding.end <= "approved".len(), "places lie within the last text");
    }
}

#[test]
fn sms_gen_4_allowed_numbers_and_phrases_pass() {
    let published = Allowed {
        phone_numbers: vec!["(573) 751-4252".to_owned()],
        phrases: vec!["Your case was closed is a sentence we never text.".to_owned()],
    };
    assert!(screen_outgoing("5737514252", &[], &published).is_empty());
    assert!(screen_outgoing("Your case was closed is a sentence we never text.", &[], &published).is_empty());
    assert!(!screen_outgoing("Your case was closed.", &[], &published).is_empty());
}

#[test]
fn sms_gen_5_sms_gen_7_clarifying_questions_and_scripts_pass() {
    for text in [
        "When did you apply?\nDid you have an interview? If yes, when?\nDo you have an EBT card already?",
        "It seems like you’ve had to leave our chat. I’ll wait another 5 minutes for you to come back.",
        "I haven’t heard from you in 5 minutes, so I’m going to wrap up our chat now.",
        "Thank you for contacting the Family Support Division. Have a great day, Good bye.",
        "Please call the Missouri Child Abuse and Neglect Hotline 1-800-392-3738.",
    ] {
        let found = screen_outgoing(text, &[], &allowed());
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn sms_gen_4_amb_56_appointment_place_and_time_pass_its_reason_does_not() {
    // SMS-APPT-2: an appointment may be confirmed by text; AMB-56: the reason of the visit is never texted.
    assert!(!refused("Your appointment is confirmed for Tuesday, December 2 at 10:00 am, 615 E 13th St"));
    assert!(!refused("Su cita es el viernes a las 9 en la oficina de Joplin"));
    assert!(refused("Your appointment on Friday is about your SNAP overpayment"));
}

#[test]
fn sms_gen_4_every_kind_explains_itself() {
    for kind in [
        FindingKind::SocialSecurityNumber,
        FindingKind::Dcn,
        FindingKind::EbtCard,
        FindingKind::BirthDate,
        FindingKind::BenefitAmount,
        FindingKind::CaseStatus,
        FindingKind::Notice,
        FindingKind::SoundsLikeCase,
    ] {
        assert!(kind.sentence().ends_with('.') && kind.sentence().matches('.').count() == 1, "{kind:?}");
        assert!(!kind.title().is_empty());
    }
}

#[test]
fn amb_47_identifiers_are_masked_on_arrival() {
    for (text, masked, kind) in [
        ("my ssn is 123-45-6789 thanks", "my ssn is [SSN removed] thanks", FindingKind::SocialSecurityNumber),
        ("123 45 6789", "[SSN removed]", FindingKind::SocialSecurityNumber),
        (
            "its one two three four five six seven eight nine",
            "its [SSN removed]",
            FindingKind::SocialSecurityNumber,
        ),
        ("DCN 12345678", "DCN [DCN removed]", FindingKind::Dcn),
        ("card 5076801234567890", "card [EBT card number removed]", FindingKind::EbtCard),
        ("Born 03/14/1987", "Born [date of birth removed]", FindingKind::BirthDate),
        ("mi seguro es 123.45.6789", "mi seguro es [SSN removed]", FindingKind::SocialSecurityNumber),
    ] {
        let result = mask_incoming(text);
        assert_eq!(result.text, masked);
        assert_eq!(result.kinds, vec![kind], "{text}");
    }
    let spoken = mask_incoming("my birthday is March 4, 1980 and I applied 10/3");
    assert!(!spoken.text.contains("1980") && !spoken.text.contains("March"), "{}", spoken.text);
}

#[test]
fn amb_47_other_numbers_are_left_alone() {
    for text in [
        "call me at 573-555-0142 or 5735550142",
        "I applied on 10/3/2025 and had my interview 10/09",
        "my rent is $650 and I make 1,200 a month",
        "I live at 615 E 13th St, Kansas City MO 64106-2829",
        "can I come at 9:30 on March 4?",
        "we are 4 people, kids are 5 and 7",
        "I got $291 in October but 145 in November",
        "hola, apliqué el 3 de octubre",
    ] {
        let result = mask_incoming(text);
        assert_eq!(result.text, text);
        assert!(result.kinds.is_empty());
    }
}

#[test]
fn sms_supv_3_a_callback_promise_is_recognised() {
    for text in [
        "A supervisor will call you back",
        "my supervisor is going to give you a ring",
        "I'll have a supervisor call you",
        "A manager will be calling you shortly",
        "You'll get a call back from a supervisor",
        "expect a call from my supervisor today",
        "The supervisor can call you tomorrow",
        "Supervisor callback has been requested for you",
        "I let my supervisor know. She will call you back.",
        "le va a llamar un supervisor",
        "te regresará la llamada mi supervisora",
        "Un supervisor le llamará",
        "Mi supervisora se comunicará con usted por teléfono",
        "le pediré a un supervisor que le llame",
        "el supervisor le devolverá la llamada",
        "A super visor will call you",
        "Someone from management is going to phone you",
        "Someone higher up will call you back",
        "A supervisor will reach out to you by phone",
        "A supervisor will be in touch",
        "we will callback by a supvr",
        "I can have a supervisor return your call",
        "you will be contacted by a supervisor",
        "A supervisor will get back to you",
        "Someone above me will be calling",
        "I'll let the supervisor know and they will give you a call",
        "una supervisora se pondrá en contacto con usted",
        "alguien de gerencia le va a marcar",
    ] {
        assert!(promises_supervisor_callback(text), "must be recognised: {text}");
    }
}

#[test]
fn sms_supv_3_answers_to_a_promise_before_sms_gen_4_does() {
    // The refusal of SMS-SUPV-3 offers the transfer; that of SMS-GEN-4 would offer a clarifying question.
    for text in [
        "I can have a supervisor return your call",
        "A supervisor will be in touch",
        "we will callback by a supvr",
        "Someone from management is going to phone you",
    ] {
        assert!(promises_supervisor_callback(text) && !refused(text), "{text}");
    }
}

#[test]
fn sms_supv_3_other_words_about_supervisors_pass() {
    for text in [
        "a supervisor will join this chat",
        "supervisors cannot call you back",
        "A supervisor will not call you back, they answer here",
        "I am transferring you to a supervisor",
        "You can call 855-373-4636 and ask for a supervisor",
        "Would you like to speak with a supervisor?",
        "Please call us back at 855-373-4636",
        "I am going to call you to get more information",
        "Un supervisor va a seguir con usted en este chat",
        "Los supervisores no pueden llamarle",
        "Le voy a pasar con un supervisor por este mismo medio",
        "you may ask for a supervisor",
        "the supervisor's line is 573-751-4252",
        "a supervisor can join this chat",
        "To speak to a supervisor by phone you can call 855-373-4636",
        "I'll ask my supervisor and text you back here",
        "Contact your landlord or property manager by phone and get a letter",
        "please contact your supervisor to get your pay stubs",
        "did the supervisor at your job sign it?",
        "El supervisor le contesta aquí mismo",
    ] {
        assert!(!promises_supervisor_callback(text), "must pass: {text}");
    }
}

/// A small generator, so that the hostile texts are the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

#[test]
fn sms_gen_4_guard_is_total_on_hostile_input() {
    let pieces = [
        "your",
        " case",
        "\u{200b}",
        "\u{202e}",
        "é",
        "🎉",
        "1️⃣",
        "$",
        "$$ ",
        "1",
        "23-",
        "4567",
        "/",
        "?",
        "¿",
        "!",
        "\n",
        "\0",
        "'",
        "''",
        "n't",
        "@",
        "...",
        "#",
        "*",
        "한",
        "ش",
        "\u{301}",
        "half-",
        "was approved",
        "if ",
        "one hundred ",
        "mil ",
        "supervisor",
        " call you",
        "IM-",
        "http://",
        ".gov",
        "@x.y",
        "%",
        "1st",
        "am",
        ":30",
    ];
    let mut dice = Dice(47);
    for _ in 0..2_000 {
        let length = dice.next(40);
        let text: String = (0..length)
            .map(|_| pieces[usize::try_from(dice.next(pieces.len() as u64)).expect("small")])
            .collect();
        for finding in screen_outgoing(&text, &["your application", "12", "$"], &allowed()) {
            assert!(
                finding.start <= finding.end
                    && text.is_char_boundary(finding.start)
                    && text.is_char_boundary(finding.end),
                "{text:?}"
            );
            assert!(finding.end <= text.len(), "{text:?}");
        }
        let _ = mask_incoming(&text);
        let _ = promises_supervisor_callback(&text);
    }
}

#[test]
fn sms_gen_4_guard_keeps_up_with_long_texts() {
    // No clock here: quadratic work on any of these would hold the whole test run up for minutes.
    let units = [
        "1",
        "1 ",
        "a",
        "a ",
        "$",
        "one ",
        "(555",
        "x@",
        "?",
        "Your benefits are 291 and, ",
        "áé",
        "n't",
        "-",
        "1/",
        "zqxj wvkp ",
    ];
    for unit in units {
        let text = unit.repeat(10_000 / unit.len());
        let _ = screen_outgoing(&text, &[], &allowed());
        let _ = mask_incoming(&text);
        let _ = promises_supervisor_callback(&text);
    }
    let long = "your case was approved ".repeat(4_500);
    assert!(!screen_outgoing(&long, &[], &allowed()).is_empty());
}
