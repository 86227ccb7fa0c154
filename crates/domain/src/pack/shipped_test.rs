//! The pack that ships with the program: it parses, and it holds what the SOP prescribes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::date;

use super::{HOURS_SLOT, NAME_SLOT, Pack, parse};
use crate::canned::{CannedKind, CannedStatus};
use crate::disclosure::{Allowed, promises_supervisor_callback, screen_outgoing};
use crate::intent::{Topic, hints};

/// Reads the files of the shipped pack.
fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name =
                    path.strip_prefix(&root).expect("within the pack").to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    found
}

fn shipped() -> Pack {
    parse(&files()).unwrap_or_else(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("the shipped pack has faults:\n{}", lines.join("\n"))
    })
}

fn english<'a>(pack: &'a Pack, id: &str) -> &'a str {
    &pack.response(id).expect("the response").text["en"]
}

/// The wording of a clause, from the catalogue.
fn script<'a>(pack: &'a Pack, clause: &str) -> &'a str {
    pack.clauses.get(clause).and_then(|clause| clause.script.as_deref()).expect("the clause has a script")
}

#[test]
fn the_shipped_pack_parses_and_names_the_agency() {
    let pack = shipped();
    assert_eq!(pack.agency.id, "missouri-fsd");
    assert_eq!(pack.agency.zone().expect("the zone").iana_name(), Some("America/Chicago"));
    assert_eq!(pack.clauses.with_prefix("SMS-").count(), 48);
}

#[test]
fn sms_gen_1_the_line_is_the_agencys_number() {
    let pack = shipped();
    let line = pack.agency.line("sms-main").expect("the line");
    assert_eq!((line.number.as_str(), line.shown.as_str()), ("+18556849242", "855-684-9242"));
    assert_eq!(line.pace_per_second, 3);
    assert_eq!(pack.queues.for_language("sms", "en").map(|queue| queue.id.as_str()), Some("sms-general"));
    assert_eq!(pack.queues.for_language("sms", "es").map(|queue| queue.id.as_str()), Some("sms-spanish"));
    assert_eq!(pack.queues.for_language("sms", "fr").map(|queue| queue.id.as_str()), Some("sms-general"));
}

#[test]
fn sms_delay_and_hold_times_are_the_sops() {
    // SMS-DELAY-1, SMS-DELAY-3, SMS-HOLD-1, SMS-DELAY-7
    let pack = shipped();
    let sop = pack.sms_sop(date(2026, 11, 21)).expect("a version in force");
    let times = [&sop.customer_silent_seconds, &sop.delay_reply_seconds, &sop.check_in_seconds];
    let cited: Vec<(u32, &str)> = times.iter().map(|time| (time.value, time.clause.as_str())).collect();
    assert_eq!(cited, [(180, "SMS-DELAY-1"), (300, "SMS-DELAY-3"), (180, "SMS-HOLD-1")]);
    assert_eq!(pack.queues.capacity.sms, 2);
    assert!(pack.queues.queues.iter().all(|queue| !queue.delay_automatic), "AMB-44");
}

#[test]
fn sms_key_and_delay_scripts_are_the_clauses_byte_for_byte() {
    // SMS-KEY-1, SMS-KEY-2, SMS-DELAY-2, SMS-DELAY-4
    let pack = shipped();
    let responses = &pack.sop_sms[0].responses;
    assert_eq!(english(&pack, &responses.goodbye), script(&pack, "SMS-KEY-2"));
    assert_eq!(english(&pack, &responses.delay_notice), script(&pack, "SMS-DELAY-2"));
    assert_eq!(english(&pack, &responses.delay_wrap_up), script(&pack, "SMS-DELAY-4"));
    let greeting = english(&pack, &responses.greeting);
    assert_eq!(greeting.matches(NAME_SLOT).count(), 1);
    assert!(greeting.contains("My name is {worker_first_name}."), "AMB-17");
    assert_eq!(greeting.replace(&format!(" {NAME_SLOT}"), ""), script(&pack, "SMS-KEY-1"));
    for id in [&responses.greeting, &responses.goodbye, &responses.delay_notice, &responses.delay_wrap_up] {
        let response = pack.response(id).expect("the response");
        assert_eq!(response.status, CannedStatus::Approved, "{id}");
        assert!(!response.editable, "{id}");
    }
}

#[test]
fn sms_gen_7_the_three_questions_are_the_sops() {
    let pack = shipped();
    let questions = pack.sop_sms[0].clarify_for(&[Topic::SnapTiming]);
    let words: Vec<&str> = questions.iter().map(|id| english(&pack, id)).collect();
    assert_eq!(words.join("\n"), script(&pack, "SMS-GEN-7"));
}

#[test]
fn every_wording_of_ours_is_a_draft_to_approve() {
    // AMB-16: only what the SOP words is approved.
    let pack = shipped();
    for response in &pack.canned {
        let prescribed = response
            .clause
            .as_deref()
            .and_then(|id| pack.clauses.get(id))
            .is_some_and(|it| it.script.is_some());
        let approved = response.status == CannedStatus::Approved;
        assert!(!approved || prescribed, "{} is approved without a script", response.id);
        assert!(approved || response.note.contains("agency to approve"), "{}", response.id);
    }
    let kinds = |kind| pack.canned.iter().filter(|response| response.kind == kind).count();
    assert!(kinds(CannedKind::General) >= 30 && kinds(CannedKind::Clarify) >= 20);
}

#[test]
fn every_step_speaks_english_and_spanish() {
    let pack = shipped();
    let sop = &pack.sop_sms[0];
    for response in &pack.canned {
        let languages: BTreeSet<&str> = ["en", "es"]
            .into_iter()
            .filter(|language| {
                let id = sop.response_in(&response.id, language);
                pack.response(id).is_some_and(|found| found.text.contains_key(*language))
            })
            .collect();
        assert!(languages.contains("es"), "{} has no Spanish", response.id);
        assert!(languages.contains("en") || response.id.ends_with("-es"), "{} has no English", response.id);
    }
}

#[test]
fn our_texts_are_short_and_never_say_the_opt_out_words() {
    // Carriers read a bare "cancel" as an opt-out, so no text may suggest it.
    let pack = shipped();
    for response in &pack.canned {
        for (language, text) in &response.text {
            assert!(text.chars().count() <= 320, "{} {language}", response.id);
            assert!(!text.to_lowercase().contains("cancel"), "{} {language}", response.id);
        }
    }
    let sop = &pack.sop_sms[0];
    let opted_out = pack.response(&sop.responses.opt_out_confirmation).expect("the response");
    assert!(opted_out.text.values().all(|text| text.contains("START")));
}

#[test]
fn sms_abuse_2_and_8_hotline_and_report_address_are_the_sops() {
    // SMS-ABUSE-2, SMS-ABUSE-5, SMS-ABUSE-6, SMS-ABUSE-8
    let pack = shipped();
    let sop = &pack.sop_sms[0];
    assert_eq!(sop.hotline.number, "1-800-392-3738");
    let hotlines = pack.canned.iter().filter(|response| response.kind == CannedKind::Hotline);
    assert!(
        hotlines.flat_map(|response| response.text.values()).all(|text| text.contains(&sop.hotline.number))
    );
    assert_eq!(sop.report_address.value, "https://apps.dss.mo.gov/OnlineCanReporting/default.aspx");
    let contacts: Vec<&str> =
        pack.agency.child_abuse_sms_contacts().iter().map(|role| role.id.as_str()).collect();
    assert_eq!(contacts, ["child-abuse-primary", "home-visit"]);
}

#[test]
fn numbers_in_our_texts_are_the_agencys_own() {
    // SMS-GEN-4: a number that is not in the agency's list would be refused by the disclosure guard.
    let pack = shipped();
    let number = regex::Regex::new(r"\b(?:1-)?\d{3}-\d{3}-\d{4}\b").expect("a pattern");
    for response in &pack.canned {
        for text in response.text.values() {
            for found in number.find_iter(text) {
                let known = pack.agency.phone_numbers.iter().any(|listed| listed.shown == found.as_str());
                assert!(known, "{} gives out {}", response.id, found.as_str());
            }
        }
    }
}

#[test]
fn sms_gen_2_the_summary_cites_the_procedure() {
    let pack = shipped();
    let text = &pack.sop_sms[0].acknowledgement;
    assert!(text.notice.value.contains("disciplinary action"));
    let sentences: Vec<&str> =
        text.sections.iter().flat_map(|section| &section.sentences).map(|it| it.clause.as_str()).collect();
    assert!((10..=16).contains(&sentences.len()));
    assert!(sentences.iter().all(|clause| clause.starts_with("SMS-")));
}

#[test]
fn the_demonstration_has_a_floor_to_staff() {
    let pack = shipped();
    let demo = pack.demo.as_ref().expect("demo data");
    let with = |role| demo.people.iter().filter(|person| person.role == role).count();
    assert!(with(super::PersonRole::Technician) >= 4 && with(super::PersonRole::Supervisor) >= 2);
    let spanish = demo.people.iter().filter(|person| {
        person.role == super::PersonRole::Technician
            && person.skills.iter().any(|skill| skill.skill == "spanish")
    });
    assert!(spanish.count() >= 2);
    assert!(demo.samples.len() >= 12);
}

#[test]
fn sms_gen_4_no_wording_of_the_library_is_refused_by_the_disclosure_guard() {
    let pack = shipped();
    let phone_numbers = pack.agency.phone_numbers.iter().map(|number| number.shown.clone()).collect();
    let allowed = Allowed { phone_numbers, phrases: Vec::new() };
    for response in &pack.canned {
        for (language, text) in &response.text {
            let findings = screen_outgoing(text, &[], &allowed);
            assert!(findings.is_empty(), "{} {language}: {findings:?}", response.id);
            assert!(!promises_supervisor_callback(text), "SMS-SUPV-3: {} {language}", response.id);
        }
    }
}

#[test]
fn the_sample_texts_raise_the_hints_they_are_there_for() {
    // SMS-GEN-5, SMS-SUPV-1, SMS-ABUSE-1, SMS-ABUSE-8
    let pack = shipped();
    let samples = &pack.demo.as_ref().expect("demo data").samples;
    let of = |id: &str| hints(&samples.iter().find(|sample| sample.id == id).expect("the sample").text);
    assert!(of("snap-when").case_specific && of("snap-when").topics == [Topic::SnapTiming]);
    assert!(of("snap-when-es").spanish && of("snap-when-es").case_specific);
    assert!(of("supervisor").supervisor);
    assert!(of("abuse-victim").abuse_victim && !of("abuse-other").abuse_victim);
    assert!(of("abuse-other").abuse_report);
}

/// Every wording with the slot of hours as it is sent at this moment, by response and language.
fn told(pack: &Pack, when: &str) -> BTreeMap<String, String> {
    let now = when.parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
    let zone = pack.agency.zone().expect("a zone");
    let mut out = BTreeMap::new();
    for response in &pack.canned {
        for (language, text) in response.text.iter().filter(|(_, text)| text.contains(HOURS_SLOT)) {
            let text = crate::sop::library::filled(text, response, language, None, (pack, now, &zone));
            out.insert(format!("{} {language}", response.id), text.expect("filled"));
        }
    }
    out
}

#[test]
fn im31_hours_5_texts_tell_the_hours_of_the_calendar_in_force() {
    let mut pack = shipped();
    let ordinary = told(&pack, "2026-10-20T10:00:00-05:00");
    let said: Vec<&str> = ordinary.values().map(String::as_str).collect();
    assert_eq!(
        said,
        [
            "Thank you for texting the Family Support Division. We are closed now. We answer Monday to Friday, 6 am to 6 pm. Help any time: mydss.mo.gov",
            "Gracias por escribir a la Family Support Division. Nuestro horario: de lunes a viernes, de 6 am a 6 pm. Entonces le respondemos. Ayuda a toda hora: mydss.mo.gov",
            "Family Support Division: text us a question about benefits, Monday to Friday, 6 am to 6 pm. Online: mydss.mo.gov. Rates may apply. Reply STOP to opt out.",
            "Family Support Division: escríbanos sus preguntas sobre beneficios, de lunes a viernes, de 6 am a 6 pm. Internet: mydss.mo.gov. Pueden aplicarse tarifas. Responda STOP para no recibir más.",
            "We answer texts Monday to Friday, 6 am to 6 pm, except on state holidays.",
            "Respondemos mensajes de texto de lunes a viernes, de 6 am a 6 pm, excepto en días feriados estatales.",
        ]
    );
    let allowed = Allowed { phone_numbers: Vec::new(), phrases: Vec::new() };
    // With a closed day ahead the price of a text rises by one segment at most.
    let holiday = told(&pack, "2026-11-21T10:00:00-06:00");
    for (name, text) in &holiday {
        assert!(
            text.contains("(closed Thursday, November 26)") || text.contains("(cerrado el 26 de noviembre)"),
            "{text}"
        );
        let count = |text: &str| crate::segments::count(text);
        let (now, usual) = (count(text), count(ordinary.get(name).expect("the same")));
        assert!(now.segments <= usual.segments + 1 && now.encoding == usual.encoding, "{name}: {text}");
        assert!(screen_outgoing(text, &[], &allowed).is_empty(), "SMS-GEN-4: {name}: {text}");
    }
    // A memo brings other hours: every text follows.
    for hours in &mut pack.queues.hours {
        let days = serde_json::json!({"from": "2026-10-19", "until": "2027-03-31", "source": "IM-40",
            "days": {"monday": ["07:00-19:00"]}});
        hours.patterns.push(serde_json::from_value(days).expect("a pattern"));
    }
    for (name, text) in told(&pack, "2026-10-20T10:00:00-05:00") {
        assert!(
            text.contains("7 am to 7 pm; Tuesday to Friday, 6 am")
                || text.contains("lunes, de 7 am a 7 pm; de martes a viernes"),
            "{name}: {text}"
        );
    }
}
