//! The judged questions over the pack (issue 3, section 5): nDCG@10 at least 0.90 overall, and at least 0.80 on
//! misspellings, on other spellings of numbers and forms, and on Spanish.

use crate::judging::{Judged, judged, pack_pages};
use crate::lexicon;

#[test]
fn the_judged_questions_are_answered_well() {
    let set = Judged::over(pack_pages().unwrap(), &[judged()]).unwrap();
    assert!(set.questions.len() >= 150, "{} questions", set.questions.len());
    let report = set.judge(&set.index(lexicon()).unwrap()).unwrap();
    let mut shown = Vec::new();
    report.print(None, &mut shown).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    assert!(report.mean(None).unwrap() >= 0.90, "{shown}");
    for class in ["typo", "spelling", "spanish"] {
        assert!(report.mean(Some(class)).unwrap() >= 0.80, "{shown}");
    }
}
