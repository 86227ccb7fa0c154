//! `hearthline import knowledge`: whole or nothing, twice changes nothing, and through a server that runs.

use std::path::PathBuf;

use crate::place::Place;
use crate::program::{Outcome, Server, run_two};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../knowledge/tests/fixtures").join(name)
}

fn import(place: &Place, more: &[&str]) -> Outcome {
    run_two(place, ["import", "knowledge"], more)
}

#[test]
fn an_import_says_what_it_understood_comes_in_whole_and_changes_nothing_twice() {
    let place = Place::bare();
    let (page, memos) = (fixture("page.txt"), fixture("memos.txt"));
    let files = [page.to_str().unwrap(), memos.to_str().unwrap()];
    let dry = import(&place, &[files[0], files[1], "--dry-run"]);
    assert!(dry.success, "{dry:?}");
    assert!(dry.out.contains("documents,") && dry.out.contains("Nothing was written"), "{dry:?}");
    assert!(!place.data_file().exists(), "a dry run makes nothing");

    // One bad file among good ones: nothing comes in.
    let bad = place.path("bad.txt");
    std::fs::write(&bad, b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0binary").unwrap();
    let refused = import(&place, &[files[0], bad.to_str().unwrap()]);
    assert!(!refused.success && refused.err.contains("nothing was brought in"), "{refused:?}");
    assert!(!place.data_file().exists());

    let first = import(&place, &files);
    assert!(first.success && !first.out.contains(" 0 pages added"), "{first:?}");
    let second = import(&place, &files);
    assert!(second.success && second.out.contains("0 pages added, 0 with a new edition"), "{second:?}");
}

#[test]
fn a_server_that_runs_brings_the_pages_in_itself() {
    let place = Place::bare();
    let server = Server::start(&place);
    let page = fixture("page.html");
    let made = import(&place, &[page.to_str().unwrap()]);
    assert!(made.success, "{made:?}");
    assert!(made.out.contains("The server runs") && made.out.contains("1 documents"), "{made:?}");
    // The page, and the places of the site's menu that this site did not have.
    assert!(made.out.contains("6 pages added, 0 with a new edition"), "{made:?}");
    let missing = import(&place, &["no-such-file.txt"]);
    assert!(!missing.success && missing.err.contains("no-such-file.txt"), "{missing:?}");
    drop(server);
}
