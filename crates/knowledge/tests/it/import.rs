//! Page exports: the real ones, where they are at hand, and our own in the same shape, held against simple readings of
//! the raw text that share no code with the importer.

use std::path::PathBuf;

use knowledge::front::Kind;
use knowledge::import::{Document, Imported, Limits, NoticeKind, Place, RoleMap, merge_navigation, read};
use knowledge::markup::{self, Block, Body};

const PAGE: &str = include_str!("../fixtures/page.txt");
const MEMOS: &str = include_str!("../fixtures/memos.txt");

fn imported(name: &str, text: &str) -> Imported {
    read(name, text.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap_or_else(|error| panic!("{error}"))
}

/// The real exports: pages first, the file of memos by its content. Empty where the folder is not there.
#[expect(clippy::disallowed_methods, reason = "a test finds the documents where the machine has them")]
fn seeds() -> Vec<(String, String)> {
    let folder = std::env::var("HEARTHLINE_SEEDS").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").join("shared").join("seeds"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("the real exports are not at {}; only our own are checked", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    files.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// All exports: the real ones and ours.
fn exports() -> Vec<(String, String)> {
    let mut all = seeds();
    assert!(all.is_empty() || all.len() >= 5, "some of the real exports are missing");
    all.push(("page.txt".into(), PAGE.into()));
    all.push(("memos.txt".into(), MEMOS.into()));
    all
}

/// The lines of the raw file between menu and foot.
fn raw_body(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| line.trim() == "View Categories").map_or(0, |at| at + 1);
    let end = lines.iter().position(|line| line.starts_with("Was this guide helpful")).unwrap_or(lines.len());
    lines[start..end].to_vec()
}

fn is_initials(line: &str) -> bool {
    let line = line.trim();
    line.contains('/')
        && line.chars().all(|c| c.is_alphabetic() || c == '/')
        && line.starts_with(char::is_uppercase)
}

/// The words of a raw line: without the mark of a list or a heading, and without the name of a sender.
fn raw_words(line: &str) -> Vec<String> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let numbered = |word: &str| {
        word.strip_suffix('.').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let indented = line.starts_with("  ");
    if words.first().is_some_and(|first| *first == "•" || indented && numbered(first)) {
        words.remove(0);
    }
    if words.first() == Some(&"FROM:") {
        let role = words.iter().position(|word| word.ends_with(',')).map_or(1, |at| at + 1);
        words.drain(1..role);
    }
    words.iter().filter(|word| **word != "#").map(|word| word.to_lowercase()).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().filter(|word| *word != "#").map(str::to_lowercase).collect()
}

#[test]
fn no_word_of_a_body_is_lost_doubled_or_moved() {
    for (name, text) in exports() {
        let raw: Vec<String> =
            raw_body(&text).into_iter().filter(|line| !is_initials(line)).flat_map(raw_words).collect();
        let documents = imported(&name, &text).documents;
        let kept: Vec<String> = documents.iter().flat_map(|document| words(&document.words())).collect();
        if let Some(at) = raw.iter().zip(&kept).position(|(raw, kept)| raw != kept) {
            panic!(
                "{name}: word {at} is {:?} in the file and {:?} in the documents",
                &raw[at..at + 4],
                &kept[at..at + 4]
            );
        }
        assert_eq!(raw.len(), kept.len(), "{name}");
        assert!(raw.len() > 150, "{name}: the reading of the raw file found {} words", raw.len());
    }
}

/// Every item: how deep, its number, its first words.
fn items(blocks: &[Block], depth: usize, found: &mut Vec<(usize, Option<u64>, String)>) {
    for block in blocks {
        match &block.body {
            Body::List { start, items: list } => {
                for (at, item) in list.iter().enumerate() {
                    let page = markup::Page { blocks: item.blocks.clone(), doubled: Vec::new() };
                    let first = markup::plain(&page).lines().next().unwrap_or_default().to_owned();
                    found.push((depth + 1, start.map(|start| start + at as u64), first));
                    items(&item.blocks, depth + 1, found);
                }
            }
            Body::Quote { blocks, .. } => items(blocks, depth, found),
            _ => {}
        }
    }
}

#[test]
fn every_item_keeps_its_depth_and_its_number() {
    for (name, text) in exports() {
        let body = raw_body(&text);
        let mark = |line: &str| {
            let first = line.split_whitespace().next().unwrap_or_default();
            let number = first.strip_suffix('.').and_then(|number| number.parse::<u64>().ok());
            (line.starts_with("  ") && (first == "•" || number.is_some())).then_some(number)
        };
        // How far a level is indented differs between pages, and in ours between lists; it is the margin of the list.
        let mut raw = Vec::new();
        let mut margin = 0;
        for line in &body {
            let indent = line.len() - line.trim_start().len();
            if let Some(number) = mark(line) {
                margin = if margin == 0 || indent < margin { indent } else { margin };
                raw.push((indent / margin, number, raw_words(line).join(" ")));
            } else if line.trim_end().ends_with(" #") {
                margin = 0;
            }
        }
        let mut kept = Vec::new();
        for document in imported(&name, &text).documents {
            items(&markup::parse(&document.markdown).unwrap().blocks, 0, &mut kept);
        }
        let kept: Vec<_> =
            kept.into_iter().map(|(depth, number, text)| (depth, number, words(&text).join(" "))).collect();
        for (raw, kept) in raw.iter().zip(&kept) {
            assert_eq!(raw, kept, "{name}");
        }
        assert_eq!(raw.len(), kept.len(), "{name}");
    }
}

// KB-PAGE-6, MEDSUP-PAGE: headings and their levels are those of the contents list.
#[test]
fn headings_are_those_of_the_contents_list() {
    for (name, text) in exports() {
        let Some((_, list)) = text.split_once("Table of Contents\n") else { continue };
        let listed: Vec<(u8, String)> = list
            .lines()
            .filter(|line| line.contains('•'))
            .map(|line| {
                (if line.starts_with("    ") { 3 } else { 2 }, line.replace('•', "").trim().to_owned())
            })
            .collect();
        let document = imported(&name, &text).documents.remove(0);
        let page = markup::parse(&document.markdown).unwrap();
        let shown: Vec<(u8, String)> =
            markup::contents(&page).into_iter().map(|e| (e.level, e.title)).collect();
        assert_eq!(shown, listed, "{name}");
        assert!(!shown.is_empty());
    }
}

// KB-PAGE-2, KB-PAGE-3, MEDSUP-NAV-2: the menu, which every page carries twice, is navigation once.
#[test]
fn the_menu_becomes_navigation_once() {
    let mut all = Vec::new();
    let mut first = None;
    for (name, text) in seeds() {
        let navigation = imported(&name, &text).navigation;
        if !navigation.is_empty() {
            first = first.or(Some(navigation.len()));
            merge_navigation(&mut all, navigation);
        }
    }
    if let Some(first) = first {
        assert_eq!(all.len(), first, "five files bring the menu of one");
        let below = |path: &[&str]| all.iter().filter(|entry| entry.path == path).count();
        let counts = ["Knowledge Base", "Policy", "Internal Systems", "External Sites", "Hand Offs", "Tools"]
            .map(|s| below(&[s]));
        assert_eq!(counts, [3, 6, 12, 12, 17, 13]);
        let sidebar =
            ["FAMIS Resources", "MEDES Resources", "EVS", "Field Processes", "SOPs", "Customer Information"]
                .map(|s| below(&[s]));
        assert_eq!(sidebar, [30, 18, 10, 24, 25, 8]);
        assert_eq!(below(&["Tools", "Calculators"]), 4);
        assert_eq!(below(&["Hand Offs", "Non MAGI Specialized Units"]), 6);
    }
    let ours = imported("page.txt", PAGE);
    let path = |title: &str| {
        ours.navigation
            .iter()
            .find(|entry| entry.title == title)
            .map(|entry| (entry.path.join("/"), entry.place))
    };
    assert_eq!(path("River Desk"), Some(("Forms & Letters/Special Desks".into(), Place::Menu)));
    assert_eq!(path("Lost Umbrellas"), Some(("Desk Pages".into(), Place::Sidebar)));
    assert_eq!(ours.navigation.iter().filter(|entry| entry.title == "Handbook").count(), 1);
    assert!(path("HarborHome").is_none(), "the breadcrumb is no navigation");
    assert_eq!(ours.site.as_deref(), Some("Harbor Guide"));
}

// KB-PAGE-4, KB-PAGE-9, KB-PAGE-10: breadcrumb, date and neighbour of a page.
#[test]
fn a_page_has_its_breadcrumb_date_numbers_and_addresses() {
    let document = imported("page.txt", PAGE).documents.remove(0);
    assert_eq!(
        (document.slug.as_str(), document.title.as_str(), document.kind),
        ("lost-umbrellas", "Lost Umbrellas", Kind::Article)
    );
    assert_eq!(document.breadcrumb, ["Home", "HarborHome", "Desk Pages"]);
    assert_eq!(document.updated, Some(jiff::civil::date(2024, 3, 3)));
    assert_eq!(document.neighbours, ["Ringing the Bell"]);
    assert_eq!(document.forms, ["HB-12A", "HB-14 Part 2"]);
    assert_eq!(document.manual, ["0210.040.05"]);
    assert_eq!(document.phones, ["555-010-0199"]);
    assert_eq!(document.emails, ["umbrellas@harbor.example"]);
    let links: Vec<String> = document.links.iter().map(markup::Target::address).collect();
    assert_eq!(links, ["mailto:umbrellas@harbor.example", "https://harbor.example/post?kind=umbrella"]);
    for lost in ["Was this", "Still stuck", "Table of Contents", "©", "View Categories", "Skip to"] {
        assert!(!document.markdown.contains(lost), "{lost}");
    }
    assert!(document.markdown.contains("> **Helper**9:05 AM"), "{}", document.markdown);
}

#[test]
fn the_real_pages_have_their_dates_and_breadcrumbs() {
    let expected = [
        ("SMS Text SOP", (2025, 4, 22), 4),
        ("Live Chat SOP", (2025, 4, 30), 4),
        ("Phone Specific SOPs", (2025, 4, 22), 4),
        ("Cooperation in Pursuit of Medical Support", (2025, 5, 16), 4),
    ];
    let documents: Vec<Document> =
        seeds().iter().flat_map(|(name, text)| imported(name, text).documents).collect();
    for (title, (year, month, day), depth) in expected.into_iter().filter(|_| !documents.is_empty()) {
        let document =
            documents.iter().find(|document| document.title == title).unwrap_or_else(|| panic!("{title}"));
        assert_eq!(document.updated, Some(jiff::civil::date(year, month, day)), "{title}");
        assert_eq!(document.breadcrumb.len(), depth, "{title}: {:?}", document.breadcrumb);
        assert_eq!(document.breadcrumb[0], "Home");
    }
}

// IM33-MEMO-1 and its kin: number, role, revisions and actions; memo numbers and form numbers are apart.
#[test]
fn the_real_memos_have_their_heads() {
    let documents: Vec<Document> =
        seeds().iter().flat_map(|(name, text)| imported(name, text).documents).collect();
    if documents.is_empty() {
        return;
    }
    let memo = |number: &str| {
        let found = documents.iter().find(|d| d.memo.as_ref().is_some_and(|memo| memo.number == number));
        let document = found.unwrap_or_else(|| panic!("{number} is missing"));
        (document, document.memo.as_ref().unwrap())
    };
    let numbers: Vec<&str> =
        documents.iter().filter_map(|d| d.memo.as_ref()).map(|memo| memo.number.as_str()).collect();
    assert_eq!(
        numbers,
        ["IM-33", "IM-32", "IM-31", "IM-10", "IM-09", "IM-05", "IM-04", "IM-02", "IM-179", "IM-172"]
    );
    for number in &numbers {
        let (document, memo) = memo(number);
        assert_eq!(memo.from_role, "Director", "{number}");
        assert!(!memo.subject.is_empty() && !memo.actions.is_empty(), "{number}");
        assert_eq!(document.slug, format!("memo-{}", number.to_lowercase()));
        assert!(document.markdown.contains("## NECESSARY ACTION:"), "{number}");
        assert!(!document.words().lines().any(is_initials), "{number}");
    }
    // IM09-MEMO, IM04-MEMO-2, IM172-MEMO
    assert_eq!(memo("IM-09").1.manual_revised, ["0205.040.05"]);
    assert_eq!(memo("IM-04").1.manual_revised.len(), 6);
    assert_eq!(memo("IM-172").1.manual_revised, ["0110.025.10"]);
    // IM10-MEMO-1
    assert_eq!(memo("IM-10").1.forms_revised.len(), 1);
    assert_eq!(memo("IM-179").1.forms_introduced, ["IM-7A"]);
    assert_eq!(memo("IM-179").1.actions.len(), 2);
    // IM05-MEMO-1, IM05-MEMO-2
    assert_eq!(memo("IM-05").1.attachments.len(), 1);
    assert_eq!(memo("IM-05").1.effective_until, Some(jiff::civil::date(2021, 3, 6)));
    // IM31-HOURS-3
    assert_eq!(memo("IM-31").1.effective_from, Some(jiff::civil::date(2021, 4, 5)));
    assert_eq!(memo("IM-02").1.references, ["IM-37"]);
    assert_eq!(memo("IM-04").1.references, ["IM-35"]);
    assert_eq!(memo("IM-172").1.references, ["IM-67"]);
    assert_eq!(memo("IM-33").0.forms, ["IM-6EVS", "IM-14"]);
    assert_eq!(memo("IM-33").0.manual, ["0110.060.05", "0110.060.15"]);
    assert_eq!(memo("IM-32").0.forms, ["FA-325", "IM-31A", "IM-14"]);
    let support = documents.iter().find(|document| document.title.starts_with("Cooperation")).unwrap();
    assert_eq!(support.forms, ["CS-201", "IM-31A", "IM-2E Part 2", "IM-33", "IM-16", "IM80PRE"]);
}

#[test]
fn a_file_of_memos_becomes_a_document_each() {
    let imported = imported("memos.txt", MEMOS);
    let [first, second] = &imported.documents[..] else { panic!("{} documents", imported.documents.len()) };
    let memo = first.memo.as_ref().unwrap();
    assert_eq!((memo.number.as_str(), memo.from_role.as_str()), ("HM-12", "Harbor Director"));
    assert_eq!(memo.manual_revised, ["0210.040.05", "0210.040.10"]);
    assert_eq!(memo.effective_from, Some(jiff::civil::date(2024, 5, 7)));
    assert_eq!(memo.references, ["HM-9", "HM-4"]);
    assert_eq!(first.forms, ["HM-12"], "the form of the same number is a form");
    assert!(first.markdown.contains("### Rainy Day Rules"), "{}", first.markdown);
    let memo = second.memo.as_ref().unwrap();
    assert_eq!(memo.forms_introduced, ["HB-14B"]);
    assert_eq!(
        memo.actions,
        ["Read this memorandum with those at the desk.", "Begin using the HB-14B at once"]
    );
    assert!(second.markdown.starts_with("## DISCUSSION:\n\nThe purpose"), "{}", second.markdown);
    assert!(
        second.markdown.contains("  Week days 7:00AM – 5:00PM\\\n  Sunday 9:00AM"),
        "{}",
        second.markdown
    );
    assert!(second.markdown.contains("POST-HM-"));
    let matter = second.front_matter();
    assert_eq!(matter.memo.unwrap().issuing_role, "Harbor Director");
    let dropped =
        |kind: fn(&NoticeKind) -> bool| imported.notices.iter().filter(|notice| kind(&notice.kind)).count();
    assert_eq!(dropped(|kind| matches!(kind, NoticeKind::Name { .. })), 2);
    assert_eq!(dropped(|kind| matches!(kind, NoticeKind::Initials { .. })), 2);
    for notice in &imported.notices {
        assert!(!notice.kind.to_string().to_lowercase().contains("pat example"), "{}", notice.kind);
    }
}

#[test]
fn names_become_the_roles_of_the_map() {
    let mut roles = RoleMap::new();
    roles.insert("Pat Example", "Director of the harbor");
    roles.insert("Ann Other", "shelf keeper");
    let text = MEMOS.replace("those at the desk", "Ann  Other and ANN OTHER at the desk");
    let imported = read("memos.txt", text.as_bytes(), &Limits::default(), &roles).unwrap();
    let memo = imported.documents[0].memo.as_ref().unwrap();
    assert_eq!(memo.from_role, "Director of the harbor");
    assert_eq!(memo.actions, ["Read this memorandum with shelf keeper and shelf keeper at the desk."]);
    let all: String = imported.documents.iter().map(Document::words).collect::<String>().to_lowercase();
    assert!(!all.contains("ann other") && !all.contains("pat example"), "{all}");
    assert!(imported.notices.iter().any(|n| matches!(n.kind, NoticeKind::Replaced { count: 2, .. })));
}

#[test]
fn markdown_stays_as_it_is() {
    let text = "---\ntitle: \"Umbrellas\"\ndate: 2024-03-03\n---\n\n## First\n\n- one <b>two</b>\n- [x](../other.md)\n";
    let imported = imported("umbrella-page.md", text);
    let document = &imported.documents[0];
    assert_eq!((document.title.as_str(), document.slug.as_str()), ("Umbrellas", "umbrella-page"));
    assert_eq!(document.updated, Some(jiff::civil::date(2024, 3, 3)));
    assert_eq!(document.markdown.trim(), "## First\n\n- one <b>two</b>\n- [x](../other.md)");
    assert!(
        imported
            .notices
            .iter()
            .any(|n| matches!(&n.kind, NoticeKind::Link { address } if address == "../other.md"))
    );

    let ours = "+++\ntitle = \"Hours\"\nkind = \"memo\"\nforms = [\"X-1\"]\n\n[memo]\nnumber = \"HM-1\"\nsubject = \"Hours\"\nissuing_role = \"Director\"\n+++\n\nWords about HB-2 {#SMS-GEN-1}\n";
    let document =
        read("hours.md", ours.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap().documents.remove(0);
    assert_eq!((document.kind, document.forms.as_slice()), (Kind::Memo, &["X-1".to_owned()][..]));
    assert_eq!(document.memo.as_ref().unwrap().number, "HM-1");
    assert_eq!(document.front_matter(), knowledge::front::read(ours).unwrap().0);

    let headed = read("x.md", b"# The Title\n\nText.\n", &Limits::default(), &RoleMap::new())
        .unwrap()
        .documents
        .remove(0);
    assert_eq!((headed.title.as_str(), headed.markdown.as_str()), ("The Title", "Text.\n"));
}

#[test]
fn importing_again_gives_the_same() {
    for (name, text) in exports() {
        assert_eq!(imported(&name, &text), imported(&name, &text));
    }
}

#[test]
fn every_page_of_the_pack_is_read_as_a_page_file_and_comes_out_as_it_went_in() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd/knowledge");
    let mut read_so_far = 0;
    for folder in ["articles", "memos"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let (matter, body) =
                knowledge::front::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let again = knowledge::front::write(&matter, &body);
            assert_eq!(knowledge::front::read(&again).unwrap(), (matter.clone(), body.clone()), "{name}");
            let document = read(&name, text.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap();
            let document = &document.documents[0];
            assert_eq!(document.front.as_ref(), Some(&matter), "{name}");
            assert!(body.trim_end() == document.markdown.trim_end(), "{name}: the text stays as it is");
            read_so_far += 1;
        }
    }
    assert!(read_so_far > 70, "{read_so_far} files");
    let memo = std::fs::read_to_string(root.join("memos/im-31.md")).unwrap();
    let (matter, _) = knowledge::front::read(&memo).unwrap();
    let memo_matter = matter.memo.unwrap();
    assert_eq!((memo_matter.issued.as_str(), memo_matter.review.unwrap().roles.len()), ("unknown", 4));
    // IM31-HOURS-5: settings change only with a second person's approval, so an import says that it leaves them.
    let imported = imported("im-31.md", &memo);
    assert!(imported.notices.iter().any(|n| matches!(n.kind, NoticeKind::Settings { count: 2, .. })));
}

#[test]
fn possible_names_of_persons_are_told_when_no_map_was_given() {
    let text = "# Desk\n\nPlease email Pat Example before noon.\n";
    let told = |roles: &RoleMap| {
        let imported = read("desk.md", text.as_bytes(), &Limits::default(), roles).unwrap();
        let told = imported.notices.into_iter().find(|n| matches!(n.kind, NoticeKind::Persons { .. }));
        told.map(|notice| notice.kind.to_string())
    };
    let says = told(&RoleMap::new()).unwrap();
    assert!(says.contains("Pat Example") && says.contains("--roles"), "{says}");
    let mut roles = RoleMap::new();
    roles.insert("Pat Example", "shelf keeper");
    assert_eq!(told(&roles), None);
}
