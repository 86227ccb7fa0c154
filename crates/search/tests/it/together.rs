//! Searching while another thread writes.

use std::sync::atomic::{AtomicBool, Ordering};

use search::{Audience, Index, NoTexts, Query};

use crate::{lexicon, passage};

/// Every page has two passages with the same mark, put in together; a search must never see one without the other.
#[test]
fn a_page_changes_as_a_whole_under_running_searches() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::create(folder.path(), lexicon()).unwrap();
    let write = |round: u64| {
        for page in 0..5 {
            let name = format!("page{page}");
            let text = format!("Overtime round{round}");
            index
                .replace(&name, round, &[passage(&name, "a", "T", &text), passage(&name, "b", "T", &text)])
                .unwrap();
        }
        index.commit().unwrap();
    };
    write(0);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let searching = scope.spawn(|| {
            let mut searches = 0u32;
            while !done.load(Ordering::Relaxed) || searches < 50 {
                let mut query = Query::new("overtime ", Audience::Staff);
                query.per_page = 0;
                query.limit = 100;
                let answer = index.search(&query, &NoTexts).unwrap();
                assert_eq!((answer.total, answer.pages), (10, 5));
                let stamps: std::collections::BTreeSet<u64> = index.stamps().into_values().collect();
                assert_eq!(stamps.len(), 1);
                searches += 1;
            }
            searches
        });
        for round in 1..25 {
            write(round);
        }
        done.store(true, Ordering::Relaxed);
        assert!(searching.join().unwrap() >= 50);
    });
    let last = index.search(&Query::new("round24 ", Audience::Staff), &NoTexts).unwrap();
    assert_eq!(last.total, 10);
}
