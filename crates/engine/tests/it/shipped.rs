//! The pack's knowledge as readers meet it: the menu of the documents, the memos' fields, and where questions go.

use domain::knowledge::{Audience, Library, Node, Source, Viewer, install};
use engine::pages::Shipped;
use jiff::civil::date;

fn shipped() -> Shipped {
    Shipped::read(&crate::world::files()).expect("the shipped knowledge")
}

fn library(shipped: &Shipped) -> Library {
    let today = date(2026, 11, 22);
    let pages = shipped.drafts.iter().map(|(draft, updated)| {
        (1, install(None, draft, (Source::Pack, *updated, String::new()), 0, today).page)
    });
    Library::new(pages)
}

fn supervisor() -> Viewer {
    Viewer { audience: Audience::Supervisors, day: date(2026, 11, 22) }
}

fn section<'a>(nodes: &'a [Node], title: &str) -> Option<&'a Node> {
    nodes.iter().find_map(|node| {
        if node.title == title && !node.below.is_empty() { Some(node) } else { section(&node.below, title) }
    })
}

#[test]
fn medsup_nav_3_to_15_every_section_of_the_menu_has_its_entries() {
    let tree = library(&shipped()).tree(supervisor());
    // MEDSUP-NAV-3, MEDSUP-NAV-4, MEDSUP-NAV-6, MEDSUP-NAV-7, MEDSUP-NAV-8, MEDSUP-NAV-9, MEDSUP-NAV-10,
    // MEDSUP-NAV-11, MEDSUP-NAV-12, MEDSUP-NAV-13, MEDSUP-NAV-14, MEDSUP-NAV-15
    for (title, entries) in [
        ("Knowledge Base", 3),
        ("Policy", 6),
        ("Internal Systems", 12),
        ("External Sites", 12),
        ("Hand Offs", 17),
        ("Tools", 13),
        ("FAMIS Resources", 30),
        ("MEDES Resources", 18),
        ("EVS", 10),
        ("Field Processes", 24),
        ("SOPs", 25),
        ("Customer Information", 8),
        // Below the sections.
        ("Non MAGI Specialized Units", 6),
        ("Calculators", 4),
        ("CCIU Guides", 4),
        ("FPL Charts", 3),
    ] {
        let found = section(&tree, title).unwrap_or_else(|| panic!("no section {title}"));
        // An overview page of ours may lead a section; it is no entry of the documents.
        let names: Vec<&str> = found.below.iter().map(|node| node.title.as_str()).collect();
        let theirs = names.iter().filter(|name| **name != "Overview").count();
        assert_eq!(theirs, entries, "{title}: {names:?}");
    }
}

#[test]
fn im33_q_3_im33_q_4_im33_q_5_each_programme_has_its_policy_mailbox() {
    let shipped = shipped();
    let address = |programme: &str| {
        let route =
            shipped.routes.iter().find(|route| route.programmes.iter().any(|one| one == programme))?;
        let mailbox = shipped.mailboxes.iter().find(|one| Some(&one.id) == route.mailbox.as_ref())?;
        assert_eq!(mailbox.senders, ["manager"], "IM33-Q-2");
        Some(mailbox.address.as_str())
    };
    for (programme, expected) in [
        ("MHABD", "COLE.MHNPOLICY@dss.mo.gov"),
        ("Family MHN", "COLE.MHNPOLICY@dss.mo.gov"),
        ("SNAP", "COLE.FSPOLICY@dss.mo.gov"),
    ] {
        assert_eq!(address(programme), Some(expected), "{programme}");
    }
    assert_eq!(address("TA"), address("CC"), "IM33-Q-5");
    assert!(address("TA").is_some());
}

#[test]
fn im02_memo_1_im10_memo_1_the_memos_are_structured_records_and_name_roles_alone() {
    let library = library(&shipped());
    let memo = |slug: &str| {
        let (page, edition) =
            library.readable(slug, supervisor()).unwrap_or_else(|| panic!("no memo {slug}"));
        (page.clone(), edition.memo.clone().expect("a memo's particulars"))
    };
    for slug in ["im-02", "im-04", "im-05", "im-09", "im-10", "im-172", "im-179", "im-31", "im-32", "im-33"] {
        let (_, memo) = memo(slug);
        assert_eq!(memo.issuing_role, "division director", "{slug}");
        assert!(!memo.actions.is_empty() && !memo.number.is_empty() && !memo.kind.is_empty(), "{slug}");
        assert!(memo.required.is_some(), "{slug} is to be reviewed");
    }
    let (_, two) = memo("im-02");
    assert!(two.revises.is_empty() && two.forms_revised.is_empty() && two.forms_introduced.is_empty());
    // IM32-MEMO-1: the two memos on The Work Number lead to each other.
    for (one, other) in [("im-32", "im-33"), ("im-33", "im-32")] {
        assert!(memo(one).0.related.iter().any(|slug| slug == other), "{one} does not lead to {other}");
    }
    // IM10-ADD-1: the chart's newest version is the one that memo IM-10 brought.
    let forms = library.forms_index(supervisor());
    let chart = forms.iter().find(|(name, _)| name.contains("Calculation Methods")).expect("the chart");
    assert_eq!(chart.1.last().map(|(page, _)| page.slug.as_str()), Some("im-10"));
    // IM04-MEMO-2, IM172-MEMO-2
    let sections = library.manual_index(supervisor());
    let of = |slug: &str| {
        sections.values().filter(|memos| memos.iter().any(|(page, _)| page.slug == slug)).count()
    };
    assert_eq!((of("im-04"), of("im-172")), (6, 1));
    assert!(sections.contains_key("0110.025.10"));
}

#[test]
fn im04_memo_3_both_names_of_the_payment_are_synonyms_and_the_act_is_told() {
    let files = crate::world::files();
    let words = files.get("knowledge/synonyms.toml").expect("synonyms");
    let line =
        words.lines().find(|line| line.contains("\"stimulus payment\"")).expect("the stimulus payment");
    assert!(line.contains("economic impact payment"), "{line}");
    let memo = files.get("knowledge/memos/im-04.md").expect("the memo");
    assert!(memo.contains("Consolidated Appropriations Act, 2021"));
    assert!(memo.contains("12/27/2020") || memo.contains("December 27,"), "the day it was signed");
}
