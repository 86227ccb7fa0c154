//! What a question finds.

use search::{Audience, MAX_LIMIT, MAX_QUERY_CHARS, NoTexts, Passage, Query, SearchError};

use crate::{Texts, ask, ids, index, passage};

fn library() -> (search::Index, Texts) {
    let memo = |page: &str, title: &str, text: &str| Passage {
        kind: "memo".to_owned(),
        ..passage(page, "a", title, text)
    };
    index(vec![
        passage(
            "food",
            "a",
            "Food benefits",
            "Ask when they applied for SNAP and whether an interview was held.",
        ),
        passage("food", "b", "Food benefits", "Replacement of a lost EBT card takes several days."),
        passage("health", "a", "Coverage", "MO HealthNet covers a pregnancy from the month of application."),
        passage(
            "delay",
            "a",
            "Delay in answering",
            "If the customer is silent for 3 minutes, send the delay text.",
        ),
        passage("numbers", "a", "Numbers", "Text 855-684-9242 or call 1-800-392-3738 from 6:00 am."),
        passage("verify", "a", "The Work Number", "A signed IM-6EVS is needed, see section 0110.060.05."),
        passage(
            "support",
            "a",
            "Medical support",
            "Send the CS-201 and the Approval Notice (IM-33) with the IM-31A.",
        ),
        memo("im-33", "IM-33 Credit reporting", "Who must sign before the employer is asked."),
        memo("im-09", "IM-09 Citizenship", "Children born abroad; in force since April 5, 2021."),
        passage("good", "a", "Good cause", "Good cause has to be approved by a coordinator."),
        passage("cause", "a", "Causes", "A cause is good when it is documented."),
        Passage {
            language: "es".to_owned(),
            ..passage("ayuda", "a", "Ayuda", "La renovación anual se hace por correo.")
        },
    ])
}

fn first(text: &str) -> String {
    let (index, texts) = library();
    ids(&ask(&index, &texts, text)).first().cloned().unwrap_or_default()
}

/// SMS-T-FIND-2: what only has a name stands behind all that can be read, also over several lists, unless it is what was
/// typed.
#[test]
fn pages_without_a_text_come_last_unless_their_name_is_what_was_typed() {
    let bare = |page: &str, title: &str| Passage { bare: true, ..passage(page, "", title, "") };
    let mut all: Vec<Passage> = (0..6)
        .map(|at| {
            let page = format!("read{at}");
            passage(
                &page,
                "a",
                "Other matters",
                "A long text that only mentions an overtime form once in passing.",
            )
        })
        .collect();
    all.extend([
        bare("named1", "Overtime form"),
        bare("named2", "Overtime"),
        bare("named3", "Form for overtime"),
    ]);
    let (index, _) = index(all);
    let pages = |text: &str| -> Vec<String> {
        (0..3)
            .flat_map(|list| {
                let query = Query {
                    limit: 3,
                    offset: 3 * list,
                    per_page: 1,
                    ..Query::new(text, search::Audience::Staff)
                };
                index.search(&query, &NoTexts).unwrap().hits
            })
            .map(|hit| hit.page)
            .collect()
    };
    let found = pages("overtime ");
    assert_eq!(found.len(), 9, "{found:?}");
    assert_eq!(found.first().map(String::as_str), Some("named2"), "what was typed: {found:?}");
    assert!(found[1..7].iter().all(|page| page.starts_with("read")), "{found:?}");
    let found = pages("over");
    assert!(found[..6].iter().all(|page| page.starts_with("read")), "{found:?}");
    let found = pages("OVERTIME, form ");
    assert_eq!(found.first().map(String::as_str), Some("named1"), "{found:?}");
}

#[test]
fn words_in_any_ending_and_as_they_are_typed() {
    assert_eq!(first("interviews"), "food#a");
    assert_eq!(first("interv"), "food#a");
    assert_eq!(first("Customers silent"), "delay#a");
    assert_eq!(first("renovaciones"), "ayuda#a");
    assert_eq!(first("RENOVACIÓN"), "ayuda#a");
}

#[test]
fn the_agencys_other_words_and_spanish_find_the_same() {
    assert_eq!(first("food stamps"), "food#a");
    assert_eq!(first("medicaid pregnant"), "health#a");
    assert_eq!(first("estampillas entrevista"), "food#a");
    assert_eq!(first("embarazo"), "health#a");
    assert_eq!(first("tarjeta perdida"), "food#b");
}

#[test]
fn misspellings_are_corrected_and_said() {
    let (index, texts) = library();
    let answer = ask(&index, &texts, "cutsomer silnet");
    assert_eq!(ids(&answer)[0], "delay#a");
    assert_eq!(answer.corrected.as_deref(), Some("customer silent"));
    assert_eq!(first("replacemnt crad"), "food#b");
    let exact = ask(&index, &texts, "customer silent");
    assert_eq!(exact.corrected, None);
}

#[test]
fn numbers_and_forms_in_any_writing() {
    for text in ["IM-6EVS", "im6evs", "IM 6 EVS", "im-6 evs", "im 6evs", "\"IM-6EVS\"", "IM-6EV"] {
        assert_eq!(first(text), "verify#a", "{text}");
    }
    for text in ["0110.060.05", "0110 060 05", "011006005", "0110.060", "110.60.5", "section 0110-060-05"] {
        assert_eq!(first(text), "verify#a", "{text}");
    }
    for text in
        ["855-684-9242", "8556849242", "(855) 684-9242", "855.684.9242", "684-9242", "18003923738", "6am"]
    {
        assert_eq!(first(text), "numbers#a", "{text}");
    }
    for text in ["CS-201", "cs201", "form 201", "cs 201"] {
        assert_eq!(first(text), "support#a", "{text}");
    }
    assert_eq!(first("4/5/2021"), "im-09#a");
}

#[test]
fn a_memo_and_a_form_of_the_same_number_are_told_apart() {
    assert_eq!(first("memo IM-33"), "im-33#a");
    assert_eq!(first("memo 33"), "im-33#a");
    assert_eq!(first("form IM-33"), "support#a");
    assert_eq!(first("memo 9"), "im-09#a");
    let (index, texts) = library();
    let mut query = Query::new("IM-33", Audience::Staff);
    query.kind = Some("Memo".to_owned());
    assert_eq!(ids(&index.search(&query, &texts).unwrap()), ["im-33#a"]);
}

#[test]
fn phrases_exclusions_and_alternatives() {
    let (index, texts) = library();
    assert_eq!(ids(&ask(&index, &texts, "\"good cause\"")), ["good#a"]);
    assert_eq!(ids(&ask(&index, &texts, "cause -coordinator")), ["cause#a"]);
    assert_eq!(ids(&ask(&index, &texts, "cause NOT coordinator")), ["cause#a"]);
    let either = ids(&ask(&index, &texts, "pregnancy OR citizenship "));
    assert!(either.contains(&"health#a".to_owned()) && either.contains(&"im-09#a".to_owned()), "{either:?}");
    assert!(ask(&index, &texts, "-cause").hits.is_empty());
}

#[test]
fn all_words_come_before_some_and_some_before_none() {
    let (index, texts) = library();
    let all = ask(&index, &texts, "approval notice form ");
    assert_eq!(ids(&all)[0], "support#a");
    let some = ask(&index, &texts, "pregnancy interview voicemail ");
    assert!(some.loosened);
    assert!(!some.hits.is_empty());
}

#[test]
fn nothing_asked_is_nothing_found() {
    let (index, texts) = library();
    for text in ["", "   ", "?!", "\"\"", "- - -", "…", "\u{0}\u{fffd}", "OR", "OR OR |"] {
        let answer = ask(&index, &texts, text);
        assert_eq!((answer.hits.len(), answer.total), (0, 0), "{text:?}");
    }
}

#[test]
fn the_bounds_are_stated_and_kept() {
    let (index, _) = library();
    let long = "ñ".repeat(MAX_QUERY_CHARS);
    assert!(index.search(&Query::new(&long, Audience::Staff), &NoTexts).is_ok());
    let longer = Query::new(long + "x", Audience::Staff);
    let refused = index.search(&longer, &NoTexts);
    assert!(
        matches!(refused, Err(SearchError::TooLong { length: 2001, limit: MAX_QUERY_CHARS })),
        "{refused:?}"
    );
    let mut many = Query::new("snap", Audience::Staff);
    many.limit = MAX_LIMIT + 1;
    assert!(matches!(index.search(&many, &NoTexts), Err(SearchError::TooMany { .. })));
    let huge = Passage { text: "x".repeat(search::MAX_PASSAGE_BYTES + 1), ..Passage::default() };
    assert!(matches!(index.replace("huge", 1, &[huge]), Err(SearchError::Refused { .. })));
}

#[test]
fn hits_are_grouped_and_the_rest_is_counted() {
    let many = (0..7)
        .map(|n| passage("long", &format!("p{n}"), "Long", &format!("Overtime rule number {n}x.")))
        .collect();
    let (index, texts) = index(many);
    let mut query = Query::new("overtime ", Audience::Staff);
    query.per_page = 2;
    let answer = index.search(&query, &texts).unwrap();
    assert_eq!((answer.total, answer.pages, answer.hits.len()), (7, 1, 2));
    assert_eq!((answer.hits[0].more, answer.hits[1].more), (0, 5));
    query.per_page = 0;
    query.limit = 3;
    query.offset = 5;
    assert_eq!(index.search(&query, &texts).unwrap().hits.len(), 2);
}

#[test]
fn snippets_mark_what_was_looked_for() {
    let (index, texts) = library();
    let answer = ask(&index, &texts, "im6evs signed");
    let marked: Vec<&str> =
        answer.hits[0].snippet.iter().filter(|(_, marked)| *marked).map(|(text, _)| text.as_str()).collect();
    assert_eq!(marked, ["signed", "IM-6EVS"]);
    let whole: String = answer.hits[0].snippet.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(whole, "A signed IM-6EVS is needed, see section 0110.060.05.");
    let long = format!("{} overtime {}", "before ".repeat(200), "after ".repeat(200));
    let cut = index.mark(&Query::new("overtime", Audience::Staff), &[long]);
    let shown: String = cut[0].iter().map(|(text, _)| text.as_str()).collect();
    assert!(
        shown.len() < 320 && cut[0].iter().any(|(text, marked)| *marked && text == "overtime"),
        "{shown}"
    );
}

#[test]
fn what_is_not_in_force_is_found_only_when_asked_for() {
    let (index, texts) = index(vec![
        passage("now", "a", "Hours", "The centre opens early."),
        Passage { current: false, ..passage("then", "a", "Hours", "The centre opens late.") },
    ]);
    assert_eq!(ids(&ask(&index, &texts, "centre opens ")), ["now#a"]);
    let mut query = Query::new("centre opens ", Audience::Staff);
    query.superseded = true;
    assert_eq!(index.search(&query, &texts).unwrap().hits.len(), 2);
}

#[test]
fn programme_and_language_filters_hold() {
    let (index, texts) = index(vec![
        Passage {
            programmes: vec!["SNAP".into(), "TA".into()],
            ..passage("one", "a", "One", "Review the application.")
        },
        Passage { language: "es".into(), ..passage("two", "a", "Two", "Review the application.") },
    ]);
    let mut query = Query::new("review", Audience::Staff);
    query.programme = Some("ta".to_owned());
    assert_eq!(ids(&index.search(&query, &texts).unwrap()), ["one#a"]);
    query.programme = None;
    query.language = Some("es".to_owned());
    assert_eq!(ids(&index.search(&query, &texts).unwrap()), ["two#a"]);
    query.programme = Some("TA".to_owned());
    assert_eq!(index.search(&query, &texts).unwrap().total, 0);
}

/// Three thousand pages of two paragraphs: `common` and `usual` are everywhere, `rare` in a few.
fn many() -> (search::Index, Texts) {
    let mut passages = Vec::new();
    for n in 0..3_000 {
        let page = format!("page{n:04}");
        let both = if n % 3 == 0 { "usual" } else { "plain" };
        let rare = if n % 400 == 0 { "rare" } else { "other" };
        passages.push(passage(&page, "a", "Words", &format!("Some common {both} text of number {n}.")));
        passages.push(passage(&page, "b", "Words", &format!("Further {rare} text with a common end.")));
    }
    index(passages)
}

fn of_page(text: &str, limit: usize, offset: usize) -> Query {
    Query { per_page: 1, limit, offset, ..Query::new(text, Audience::Staff) }
}

/// What is not added up must not be missed: a list is the same piece by piece and as a whole.
#[test]
fn a_list_of_many_answers_is_the_same_in_pieces_and_as_a_whole() {
    let (index, _) = many();
    let whole = index.search(&of_page("common usual ", 100, 0), &NoTexts).unwrap();
    assert_eq!(whole.hits.len(), 100);
    assert!(whole.hits.iter().all(|hit| hit.anchor == "a"), "every one holds both words");
    let mut pieces = Vec::new();
    for offset in (0..100).step_by(10) {
        let piece = index.search(&of_page("common usual ", 10, offset), &NoTexts).unwrap();
        assert_eq!((piece.total, piece.pages), (whole.total, whole.pages));
        pieces.extend(ids(&piece));
    }
    assert_eq!(pieces, ids(&whole));
}

/// Few whole answers are all there is, where the rest holds only what stands everywhere.
#[test]
fn whole_answers_come_alone_where_the_rest_holds_next_to_nothing() {
    let (index, _) = many();
    let answer = index.search(&of_page("common rare ", 10, 0), &NoTexts).unwrap();
    let rare =
        |hit: &search::Hit| hit.anchor == "b" && hit.page["page".len()..].parse::<u32>().unwrap() % 400 == 0;
    assert!(answer.hits.len() == 8 && answer.hits.iter().all(rare), "{:?}", ids(&answer));
    assert_eq!((answer.loosened, answer.pages), (false, 8));
    let without = index.search(&of_page("common usual -text", 10, 0), &NoTexts).unwrap();
    assert!(without.hits.is_empty(), "what is excluded fills no list");
    let strict = index.search(&of_page("common \"rare text\"", 10, 0), &NoTexts).unwrap();
    assert_eq!((strict.hits.len(), strict.pages), (8, 8), "what is quoted must be there");
}
