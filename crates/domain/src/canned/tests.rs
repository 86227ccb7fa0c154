//! What the library promises, told by cases.

use proptest::prelude::*;

use super::*;

fn response(id: &str, kind: CannedKind, keywords: &[&str], topics: &[Topic], en: &str) -> CannedResponse {
    CannedResponse {
        id: id.into(),
        title: id.replace('-', " "),
        keywords: keywords.iter().map(|k| (*k).to_owned()).collect(),
        channels: vec!["sms".into()],
        topics: topics.to_vec(),
        kind,
        status: CannedStatus::Approved,
        clause: None,
        text: BTreeMap::from([("en".to_owned(), en.to_owned())]),
        editable: true,
        version: 1,
        usage: 0,
        note: String::new(),
    }
}

fn library() -> Vec<CannedResponse> {
    use CannedKind::*;
    use Topic::*;
    let snap = ["SNAP", "benefits", "EBT"];
    let mut all = vec![
        response(
            "greeting",
            CannedKind::Greeting,
            &["Greeting"],
            &[],
            "Hello, Thank you for contacting the Family Support Division. My name is {worker_first_name}. I will be happy to assist with your question.",
        ),
        response(
            "farewell",
            CannedKind::Goodbye,
            &["Goodbye"],
            &[],
            "Thank you for contacting the Family Support Division. Have a great day, Good bye.",
        ),
        response(
            "card-lost",
            General,
            &["EBT", "card", "lost"],
            &[EbtCard],
            "You can order a new EBT card by phone at the number on the back of the card.",
        ),
        response("when-did-you-apply", Clarify, &snap, &[SnapTiming], "When did you apply?"),
        response(
            "did-you-interview",
            Clarify,
            &snap,
            &[SnapTiming],
            "Did you have an interview? If yes, when?",
        ),
        response("do-you-have-a-card", Clarify, &snap, &[SnapTiming], "Do you have an EBT card already?"),
        response(
            "clarify-papers",
            Clarify,
            &["documents"],
            &[Documents],
            "Which document did you send, and how?",
        ),
    ];
    all.extend(ways_and_places());
    all.extend(unusable());
    all[7].text.insert("es".into(), "Puede subir sus documentos por internet: rápido y fácil.".into());
    all
}

fn ways_and_places() -> Vec<CannedResponse> {
    use CannedKind::*;
    use Topic::*;
    vec![
        response(
            "upload",
            SelfServiceOnline,
            &["upload", "documents"],
            &[Documents],
            "You can upload documents online at the upload portal.",
        ),
        response(
            "mail-papers",
            SelfServiceMail,
            &["mail", "documents"],
            &[Documents],
            "You can mail documents to the address on your letter.",
        ),
        response(
            "call-centre",
            CannedKind::Referral,
            &["call"],
            &[Documents, SnapTiming],
            "Please call the Customer Service Center about your documents.",
        ),
        response(
            "hotline",
            Hotline,
            &["hotline"],
            &[],
            "Missouri Child Abuse and Neglect Hotline 1-800-392-3738",
        ),
        response(
            "office-hours",
            General,
            &["hours", "office"],
            &[Hours, Office],
            "Our offices are open Monday to Friday, greetings to all.",
        ),
    ]
}

/// Responses that staff on the text channel never see: a draft, a retired one, one of another channel.
fn unusable() -> [CannedResponse; 3] {
    use CannedKind::General;
    use Topic::SnapTiming;
    let mut draft = response("greeting-draft", General, &["Greeting"], &[SnapTiming], "A drafted greeting.");
    draft.status = CannedStatus::Draft;
    let mut retired = response("greeting-old", General, &["Greeting"], &[SnapTiming], "An old greeting.");
    retired.status = CannedStatus::Retired;
    let mut chat = response("greeting-chat", General, &["Greeting"], &[SnapTiming], "A greeting for chat.");
    chat.channels = vec!["chat".into()];
    [draft, retired, chat]
}

fn found(query: &str) -> Vec<String> {
    search(&library(), query, "sms", "en", false).into_iter().map(|r| r.id.clone()).collect()
}

fn suggested(text: &str) -> Vec<String> {
    suggest(&library(), text, "sms", "en", 3).into_iter().map(|r| r.id.clone()).collect()
}

#[test]
fn sms_script_2_search_looks_at_keywords_then_titles_then_texts() {
    let cases: &[(&str, &[&str])] = &[
        ("greet", &["greeting", "office-hours"]),
        ("GREETING", &["greeting", "office-hours"]),
        // AMB-17
        ("Goodbye", &["farewell"]),
        ("Good bye", &["farewell"]),
        ("good", &["farewell"]),
        ("lost ebt", &["card-lost"]),
        ("lost interview", &[]),
        ("zebra", &[]),
        ("greetnig", &["greeting", "office-hours"]),
        ("docuemnts", &["upload", "mail-papers", "clarify-papers", "call-centre"]),
        ("rapido", &["upload"]),
        ("RÁPIDO", &["upload"]),
        ("lsot", &[]),
        ("1-800", &["hotline"]),
    ];
    for (query, want) in cases {
        let (mut got, mut want) = (found(query), want.to_vec());
        if *query == "docuemnts" {
            got.sort();
            want.sort_unstable();
        }
        assert_eq!(got, want, "{query}");
    }
}

#[test]
fn sms_script_1_only_approved_responses_of_the_channel_are_listed() {
    let all = library();
    let ids = |drafts| {
        search(&all, "greeting", "sms", "en", drafts).iter().map(|r| r.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(ids(false), ["greeting", "office-hours"]);
    assert_eq!(ids(true), ["greeting", "greeting-draft", "office-hours"]);
    let everything = search(&all, "  ", "sms", "en", false);
    assert_eq!(everything.len(), 12);
    assert!(search(&all, "", "fax", "en", true).is_empty());
}

#[test]
fn a_keyword_beats_a_title_beats_a_text_and_then_usage_decides() {
    let mut all = vec![
        response("in-text", CannedKind::General, &[], &[], "about renewals"),
        response("renewal-title", CannedKind::General, &[], &[], "x"),
        response("in-keyword", CannedKind::General, &["renewal"], &[], "x"),
        response("in-keyword-often", CannedKind::General, &["renewal"], &[], "x"),
    ];
    all[0].usage = 900;
    all[3].usage = 5;
    let ids: Vec<_> = search(&all, "renew", "sms", "en", false).iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["in-keyword-often", "in-keyword", "renewal-title", "in-text"]);
}

#[test]
fn wording_in_the_language_comes_before_the_fallback() {
    let all = library();
    let ids: Vec<_> = search(&all, "documents", "sms", "es", false).iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids.first(), Some(&"upload"), "{ids:?}");
    assert_eq!(all[7].wording("es"), Some("Puede subir sus documentos por internet: rápido y fácil."));
    assert_eq!(all[8].wording("es"), Some("You can mail documents to the address on your letter."));
}

#[test]
fn sms_gen_7_the_three_clarifying_questions_come_first() {
    let want = ["when-did-you-apply", "did-you-interview", "do-you-have-a-card"];
    for text in [
        "When will I get my SNAP benefits?",
        "when will i get my snap",
        "wheres my food stamps",
        "cuando llegan mis estampillas",
        "when do my benifits come",
    ] {
        assert_eq!(suggested(text), want, "{text}");
    }
}

#[test]
fn suggestions_follow_the_words() {
    // SMS-GEN-9, SMS-GEN-10: self-service before the referral.
    let papers = suggested("how can I send documents");
    assert!(
        papers.contains(&"upload".to_owned()) && papers.contains(&"mail-papers".to_owned()),
        "{papers:?}"
    );
    assert!(!papers.contains(&"call-centre".to_owned()), "{papers:?}");
    assert_eq!(suggested("did you get my papers").first().map(String::as_str), Some("clarify-papers"));
    assert_eq!(suggested("I lost my EBT card").first().map(String::as_str), Some("card-lost"));
    assert_eq!(suggested("what are your hours").first().map(String::as_str), Some("office-hours"));
    // SMS-ABUSE-2
    assert_eq!(suggested("my stepdad hits me").first().map(String::as_str), Some("hotline"));
    for nothing_to_say in ["", "xyzzy", "👍", "ok"] {
        assert_eq!(suggested(nothing_to_say), Vec::<String>::new(), "{nothing_to_say}");
    }
    assert_eq!(suggest(&library(), "When will I get my SNAP benefits?", "sms", "en", 1).len(), 1);
}

#[test]
fn sms_key_1_slots_are_filled_and_nothing_else_changes() {
    let vars = BTreeMap::from([("worker_first_name", "Ana"), ("odd", "{worker_first_name}"), ("blank", " ")]);
    let greeting = library()[0].text["en"].clone();
    assert_eq!(fill(&greeting, &vars).unwrap(), greeting.replace("{worker_first_name}", "Ana"));
    for (text, want) in [
        ("", Ok("")),
        ("no slots", Ok("no slots")),
        ("{odd}!", Ok("{worker_first_name}!")),
        ("{ not a slot } {} {{ } {1} {A}", Ok("{ not a slot } {} {{ } {1} {A}")),
        ("{{worker_first_name}}", Ok("{Ana}")),
        ("¡{worker_first_name}{worker_first_name}!", Ok("¡AnaAna!")),
        ("é{unclosed", Ok("é{unclosed")),
        ("Hi {office_name}", Err("office_name")),
        ("Hi {blank}", Err("blank")),
    ] {
        let got = fill(text, &vars);
        assert_eq!(got.as_deref().map_err(|e| e.slot.as_str()), want, "{text}");
    }
    assert_eq!(Unfilled { slot: "office".into() }.to_string(), "the slot {office} has no value");
}

#[test]
fn sms_gen_11_free_text_that_retells_a_response_is_recognised() {
    let all = library();
    let cases = [
        ("Do you have an EBT card already?", Some("do-you-have-a-card")),
        ("do you already have your EBT card", Some("do-you-have-a-card")),
        (
            "Hello thank you for contacting the family support division, my name is Ana, happy to assist with your question",
            Some("greeting"),
        ),
        ("Have a great day, good bye", Some("farewell")),
        ("You can upload your documents on the online portal", Some("upload")),
        ("The weather is lovely today", None),
        ("", None),
        ("ok", None),
    ];
    for (text, want) in cases {
        let got = similar_to(&all, text, "sms");
        assert_eq!(got.map(|(r, _)| r.id.as_str()), want, "{text} {:?}", got.map(|(_, l)| l));
        assert!(got.is_none_or(|(_, likeness)| (SIMILAR_ENOUGH..=1.0).contains(&likeness)));
    }
    assert!(similar_to(&all, "Do you have an EBT card already?", "fax").is_none());
    assert!(similar_to(&all, "A drafted greeting.", "sms").is_none(), "drafts are nobody's script");
}

#[test]
fn sms_gen_11_the_kind_of_reply_is_told() {
    use ReplyKind::*;
    let inserted = "Did you have an interview? If yes, when?";
    let cases = [
        (inserted, Some(inserted), Canned),
        ("  Did you have an interview? If yes, when?\n", Some(inserted), Canned),
        ("Hi Ana! Did you have an interview? If yes, when?", Some(inserted), CannedEdited),
        ("Did you have an interview yet?", Some(inserted), CannedEdited),
        ("did you have an interview? if yes, when?", Some(inserted), CannedEdited),
        ("The office opens at eight.", Some(inserted), FreeText),
        (inserted, None, FreeText),
        (inserted, Some("  "), FreeText),
        ("", Some(inserted), FreeText),
        ("👍", Some("👍👍"), FreeText),
        ("ok 👍", Some("👍"), CannedEdited),
    ];
    for (sent, from, want) in cases {
        assert_eq!(reply_kind(sent, from), want, "{sent} from {from:?}");
    }
}

#[test]
fn a_library_travels_as_json_and_the_optional_parts_have_defaults() {
    for response in library() {
        let json = serde_json::to_string(&response).unwrap();
        assert_eq!(serde_json::from_str::<CannedResponse>(&json).unwrap(), response);
    }
    let small = r#"{"id":"a","title":"A","channels":["sms"],"kind":"delay_wrap_up","status":"draft","text":{"en":"x"}}"#;
    let read: CannedResponse = serde_json::from_str(small).unwrap();
    assert!(read.editable && read.version == 1 && read.usage == 0 && read.kind == CannedKind::DelayWrapUp);
}

proptest! {
    #[test]
    fn anything_may_be_searched_suggested_compared_and_filled(text in any::<String>()) {
        let all = library();
        let listed = search(&all, &text, "sms", "es", true).len();
        prop_assert!(listed <= all.len());
        prop_assert!(suggest(&all, &text, "sms", "es", 3).len() <= 3);
        if let Some((_, likeness)) = similar_to(&all, &text, "sms") {
            prop_assert!((SIMILAR_ENOUGH..=1.0).contains(&likeness));
        }
        // SMS-GEN-12: without slots the wording is kept byte for byte.
        if !text.contains('{') {
            prop_assert_eq!(fill(&text, &BTreeMap::new()), Ok(text.clone()));
        }
        prop_assert_eq!(reply_kind(&text, None), ReplyKind::FreeText);
    }

    #[test]
    fn a_wording_is_its_parts(text in "[a{}_b1 é]{0,40}") {
        let whole: String = slots(&text)
            .map(|part| match part { Part::Plain(p) => p.to_owned(), Part::Slot(s) => format!("{{{s}}}") })
            .collect();
        prop_assert_eq!(whole, text);
    }

    #[test]
    fn sms_gen_12_an_inserted_wording_sent_as_it_is_is_canned(text in ".{1,80}") {
        prop_assume!(!text.trim().is_empty());
        prop_assert_eq!(reply_kind(&text, Some(&text)), ReplyKind::Canned);
    }
}
