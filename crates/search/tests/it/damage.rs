//! Folders that are missing, damaged, deleted or in use: reported, never repaired in silence, never a panic.

use std::fs;
use std::path::Path;

use search::{Audience, Index, Lexicon, NoTexts, Query, SearchError};

use crate::{Texts, ask, fill, passage};

fn filled(folder: &Path) -> (Index, Texts) {
    let index = Index::create(folder, Lexicon::empty()).unwrap();
    let passages = (0..50)
        .map(|n| {
            passage(&format!("page{n:02}"), "a", "Title words", &format!("Overtime and hours number{n}."))
        })
        .collect();
    let texts = fill(&index, passages);
    (index, texts)
}

#[test]
fn a_new_start_finds_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let (index, texts) = filled(folder.path());
    index.replace("page00", 8, &[passage("page00", "a", "Late", "Uncommitted words.")]).unwrap();
    drop(index);
    let index = Index::open(folder.path(), Lexicon::empty()).unwrap();
    assert_eq!(ask(&index, &texts, "number7 ").total, 1);
    assert_eq!(ask(&index, &texts, "uncommitted ").total, 0);
    let stamps = index.stamps();
    assert_eq!((stamps.len(), stamps["page00"]), (50, 7));
    index.remove("page00").unwrap();
    index.replace("page01", 9, &[]).unwrap();
    index.commit().unwrap();
    let stamps = index.stamps();
    assert_eq!((stamps.len(), stamps["page01"]), (49, 9));
    assert_eq!(ask(&index, &texts, "overtime ").total, 48);
    index.optimize().unwrap();
    assert_eq!(ask(&index, &texts, "overtime ").total, 48);
    assert!(index.size() > 0);
}

#[test]
fn no_folder_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let none = Index::open(&folder.path().join("none"), Lexicon::empty());
    assert!(matches!(none, Err(SearchError::Missing)));
    assert!(matches!(Index::open(folder.path(), Lexicon::empty()), Err(SearchError::Missing)));
}

/// Every file in turn: cut short, one byte changed, or gone. Opening tells, or the file did not matter.
#[test]
fn damage_to_any_file_is_told_at_opening() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path()));
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".lock") {
            continue;
        }
        let whole = fs::read(&file).unwrap();
        for kind in ["cut", "changed", "gone"] {
            match kind {
                "cut" => fs::write(&file, &whole[..whole.len() / 2]).unwrap(),
                "changed" => {
                    let mut changed = whole.clone();
                    changed[whole.len() / 3] ^= 0x55;
                    fs::write(&file, changed).unwrap();
                }
                _ => fs::remove_file(&file).unwrap(),
            }
            match Index::open(folder.path(), Lexicon::empty()) {
                Ok(index) => {
                    let managed = name == ".managed.json" && kind != "cut";
                    assert!(managed, "{name} {kind}: opened");
                    assert!(index.search(&Query::new("overtime", Audience::Staff), &NoTexts).is_ok());
                }
                Err(error) => assert!(error.needs_rebuild(), "{name} {kind}: {error}"),
            }
            fs::write(&file, &whole).unwrap();
        }
    }
    assert!(Index::open(folder.path(), Lexicon::empty()).is_ok());
}

#[test]
fn an_index_of_another_form_is_outdated_and_can_be_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path()));
    let meta = folder.path().join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    fs::write(&meta, text.replace("hearthline-search-", "hearthline-search-0")).unwrap();
    assert!(matches!(Index::open(folder.path(), Lexicon::empty()), Err(SearchError::Outdated)));
    let (index, texts) = filled(folder.path());
    assert_eq!(ask(&index, &texts, "number7 ").total, 1);
}

#[test]
fn a_folder_deleted_meanwhile_keeps_answering_and_tells_at_the_next_commit() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("index");
    let (index, texts) = filled(&inner);
    fs::remove_dir_all(&inner).unwrap();
    assert_eq!(ask(&index, &texts, "overtime ").total, 50);
    index.replace("new", 1, &[passage("new", "a", "New", "New words.")]).ok();
    let error = index.commit().expect_err("the folder is gone");
    assert!(error.needs_rebuild(), "{error}");
    assert_eq!(ask(&index, &texts, "overtime ").total, 50);
    drop(index);
    let (index, texts) = filled(&inner);
    assert_eq!(ask(&index, &texts, "overtime ").total, 50);
}

#[test]
fn files_damaged_while_open_do_not_reach_searches() {
    let folder = tempfile::tempdir().unwrap();
    let (index, texts) = filled(folder.path());
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with(".lock") {
            fs::write(path, b"").unwrap();
        }
    }
    assert_eq!(ask(&index, &texts, "overtime ").total, 50);
}

#[test]
fn a_folder_in_use_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = filled(folder.path());
    assert!(matches!(Index::open(folder.path(), Lexicon::empty()), Err(SearchError::Busy)));
    assert!(matches!(Index::create(folder.path(), Lexicon::empty()), Err(SearchError::Busy)));
    drop(index);
    assert!(Index::open(folder.path(), Lexicon::empty()).is_ok());
}

/// An index that is given up goes on answering from memory, and makes room in its folder.
#[test]
fn what_is_given_up_answers_and_lets_another_take_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (old, texts) = filled(folder.path());
    assert!(matches!(Index::create(folder.path(), Lexicon::empty()), Err(SearchError::Busy)));
    old.give_up();
    let new = Index::create(folder.path(), Lexicon::empty()).unwrap();
    assert_eq!(ask(&old, &texts, "overtime ").total, 50);
    assert_eq!(ask(&new, &texts, "overtime ").total, 0);
    let page = [passage("page00", "a", "Late", "Words.")];
    assert!(matches!(old.replace("page00", 8, &page), Err(SearchError::Folder(_))));
    assert!(old.remove("page00").is_err() && old.commit().is_err() && old.optimize().is_err());
}
