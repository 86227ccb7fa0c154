//! What holds for every question and every text.

use proptest::prelude::*;
use search::{Audience, Index, Passage, Query};

use crate::{Texts, index, lexicon, passage};

fn small() -> (Index, Texts) {
    index(vec![
        passage(
            "a",
            "1",
            "The IM-33 memo",
            "A signed IM-6EVS, section 0110.060.05, phone 855-684-9242 at 6:00 am.",
        ),
        passage("a", "2", "The IM-33 memo", "Good cause; child support; 4/5/2021; $75,000; wrap-up code."),
        Passage {
            language: "es".into(),
            ..passage("b", "1", "Ayuda", "La renovación anual y la manutención de menores.")
        },
        Passage {
            audience: Audience::Supervisors,
            ..passage("c", "1", "Hidden", "Zanzibar quokka 9876-54 overtime for IM-999 xylophones.")
        },
    ])
}

/// Texts of the kind that break things: marks, numbers, scripts of all the world, pieces of real words.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(
            prop_oneof![
                Just("\"".to_owned()),
                Just("-".to_owned()),
                Just(" OR ".to_owned()),
                Just(" NOT ".to_owned()),
                Just("AND".to_owned()),
                Just("IM-6EVS".to_owned()),
                Just("0110.060".to_owned()),
                Just("’".to_owned()),
                Just("good cause".to_owned()),
                Just("4/5".to_owned()),
                Just("6:00a.m".to_owned()),
                Just("e\u{301}".to_owned()),
                Just(" ".to_owned()),
                Just("|".to_owned()),
                Just("(855)".to_owned()),
                "[a-z]{1,12}",
                "[0-9.,:/-]{1,8}",
                "\\PC{1,3}",
            ],
            0..30
        )
        .prop_map(|parts| parts.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_question_panics_or_fails(text in any_text()) {
        thread_local!(static SMALL: (Index, Texts) = small());
        SMALL.with(|(index, texts)| {
            let answer = index.search(&Query::new(text.clone(), Audience::Supervisors), texts);
            prop_assert!(answer.is_ok() || text.chars().count() > search::MAX_QUERY_CHARS);
            let marked = index.mark(&Query::new(text.clone(), Audience::Supervisors), std::slice::from_ref(&text));
            prop_assert_eq!(marked.len(), 1);
            Ok(())
        })?;
    }

    /// Whatever is asked, a staff member's answer is the same as if the supervisors' passage did not exist.
    #[test]
    fn what_is_hidden_leaves_no_trace(text in prop_oneof![
        any_text(),
        "(zanzi|quok|xyloph|98|IM-99)[a-z0-9]{0,4}( [a-z]{1,6})?",
        Just("zanzibra quoka".to_owned()),
    ]) {
        thread_local!(static BOTH: ((Index, Texts), (Index, Texts)) = {
            let seen = vec![
                passage("a", "1", "The IM-33 memo", "A signed IM-6EVS, section 0110.060.05, phone 855-684-9242 at 6:00 am."),
                passage("a", "2", "The IM-33 memo", "Good cause; child support; 4/5/2021; $75,000; wrap-up code."),
            ];
            let hidden = Passage {
                audience: Audience::Supervisors,
                ..passage("a", "3", "The IM-33 memo", "Zanzibar quokka 9876-54 overtime for IM-999 xylophones.")
            };
            (index(seen.clone()), index(seen.into_iter().chain([hidden]).collect()))
        });
        BOTH.with(|((without, texts), (with, all))| {
            let query = Query::new(text.clone(), Audience::Staff);
            let (plain, other) = (without.search(&query, texts), with.search(&query, all));
            if let (Ok(plain), Ok(other)) = (plain, other) {
                prop_assert_eq!(plain.total, other.total);
                prop_assert_eq!(plain.corrected, other.corrected);
                let ids = |answer: &search::Answer| {
                    answer.hits.iter().map(|hit| (hit.anchor.clone(), hit.snippet.clone(), hit.more)).collect::<Vec<_>>()
                };
                prop_assert_eq!(ids(&search::Answer { hits: plain.hits, ..Default::default() }),
                    ids(&search::Answer { hits: other.hits, ..Default::default() }));
            }
            Ok(())
        })?;
    }

}

proptest! {
    // Each case builds an index of its own.
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any number written in a passage finds the passage, as it is written and without its marks.
    #[test]
    fn every_number_finds_its_passage(number in prop_oneof![
        "IM-[1-9][0-9]{0,2}[A-Z]{0,3}", "[A-Z]{2,3}-[1-9][0-9]{1,3}", "0[1-9][0-9]{2}\\.[0-9]{3}\\.[0-9]{2}",
        "[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}", "[1-9][0-9]{4,8}",
    ]) {
        let index = Index::in_memory(lexicon()).unwrap();
        let other = (0..4).map(|n| passage("other", &format!("p{n}"), "Other", "Nothing of the kind stands here."));
        index.replace("other", 1, &other.collect::<Vec<_>>()).unwrap();
        index.replace("it", 1, &[passage("it", "a", "It", &format!("See {number} for this."))]).unwrap();
        index.commit().unwrap();
        let bare: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        let spaced = number.replace(['-', '.'], " ");
        for text in [number.clone(), bare.clone(), bare.to_lowercase(), spaced, format!("{number} ")] {
            let answer = index.search(&Query::new(text.clone(), Audience::Staff), &Texts::new()).unwrap();
            prop_assert_eq!(answer.hits.first().map(|hit| hit.page.as_str()), Some("it"), "{} for {}", text, number);
        }
    }
}
