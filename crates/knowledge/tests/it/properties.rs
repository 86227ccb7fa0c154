//! What must hold for any text and any bytes.

use knowledge::import::{Limits, RoleMap, read};
use knowledge::markup::{self, Look};
use proptest::prelude::*;

use crate::safe;

/// Text that is full of what the markup might take for its own.
fn nasty() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "<script>",
        "</script>",
        "<img src=x onerror=y>",
        "](javascript:x)",
        "[a](kb:b#c)",
        "![",
        "[",
        "]",
        "(",
        ")",
        "**",
        "*",
        "_",
        "`",
        "```",
        "~~",
        "|",
        "|---|",
        "\n",
        "\n\n",
        "  ",
        "    ",
        "- ",
        "1. ",
        "7) ",
        "> ",
        "> [!NOTE]",
        "> [!SUPERVISORS]",
        "# ",
        "### ",
        "{#A-1}",
        "{#x .supervisors}",
        "{.supervisors}",
        "\\",
        "&amp;",
        "&#60;",
        "<a@b.example>",
        "<https://x.example>",
        "word",
        "Word two",
        "é",
        "”",
        "\u{202e}",
        "\t",
        "\0",
        "---",
        "===",
        "+++",
        "<!--",
        "[r]: data:x",
        "[r]",
    ]);
    prop::collection::vec(parts, 0..60).prop_map(|parts| parts.concat())
}

/// A word that is no mark of the markup at the beginning of a line, and is written as it is.
fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,8}[.,]?"
}

/// A word as it may stand in an export: anything without spaces.
fn odd_word() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => word(),
        2 => "[*_`\\[\\]<>&#{}|~!\\\\()=+.:;a-zA-Z0-9@/-]{1,8}",
        1 => prop::sample::select(vec!["&amp;", "<b>", "</b>", "**bold**", "_it_", "[x](y)", "{#A-1}", "http://x.example/a_b*c", "a@b.example", "1.", "2)", "-", "#", "\\", "<!--", "~~~", "```", "===", "|", "é”"]).prop_map(str::to_owned),
    ]
}

/// Pieces of a page, and the words a reader sees of them; `@` stands for any words.
const HTML: &[(&str, &str)] = &[
    ("<p>@</p>", "@"),
    ("<ul><li>@<ol start=4><li><p>@</p></ol>", "@ @"),
    ("<p>a <b>@</b> b <i>@</i>, c", "a @ b @, c"),
    ("<table><tr><th>@<th>x<tr><td>@<td><p>@</p></table>", "@ x @ @"),
    ("<blockquote>@<br>@</blockquote>", "@ @"),
    ("<div>@<h3>Say: @ end</h3>@</div>", "@ Say: @ end @"),
    ("<p>see <a href=\"https://x.example/?a=(b)\">@</a> and <a href=x:y>@</a>.</p>", "see @ and @."),
    (" <span><em><strong>@</strong></em> </span>", "@"),
    ("<ol><li>@</ol><ol><li>@</ol></ul></div>", "@ @"),
];

fn check_page(text: &str) {
    if let Ok(page) = markup::parse(text) {
        for supervisors in [false, true] {
            let html = markup::html(&page, &Look { supervisors, ..Look::default() });
            safe::check(&html, &[]);
            assert!(!html.to_lowercase().contains("<script"));
            for passage in markup::passages(&page, supervisors) {
                assert!(
                    html.contains(&format!("id=\"{}\"", passage.anchor)),
                    "{} is not in {html}",
                    passage.anchor
                );
            }
        }
        let _ = markup::lint(&page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_shown_safely(text in nasty()) {
        check_page(&text);
    }

    #[test]
    fn any_letters_are_shown_safely(text in "\\PC{0,200}") {
        check_page(&text);
    }

    #[test]
    fn passages_hold_every_word(blocks in prop::collection::vec((0..5u8, prop::collection::vec(word(), 1..8)), 1..12)) {
        let mut text = String::new();
        let mut all = Vec::new();
        for (kind, words) in &blocks {
            let line = words.join(" ");
            let block = match kind {
                0 => format!("## {line}\n\n"),
                1 => format!("{line}\n\n"),
                2 => format!("1. {line}\n   - {line}\n\n"),
                3 => format!("> [!SCRIPT]\n> {line}\n\n"),
                _ => format!("| {line} |\n|---|\n| {line} |\n\n"),
            };
            all.extend(words.iter().cloned());
            if matches!(kind, 2 | 4) {
                all.extend(words.iter().cloned());
            }
            text.push_str(&block);
        }
        let page = markup::parse(&text).unwrap();
        let found: Vec<String> = markup::passages(&page, false)
            .iter()
            .flat_map(|passage| passage.text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        prop_assert_eq!(&found, &all);
        let plain: Vec<String> = markup::plain(&page).split_whitespace().map(str::to_owned).collect();
        prop_assert_eq!(plain, all);
    }

    #[test]
    fn an_export_keeps_every_word(lines in prop::collection::vec((0..4u8, 0..4usize, prop::collection::vec(odd_word(), 1..7)), 1..20)) {
        let mut text = String::from("A title of its own\n\nFirst words #\n\n");
        let mut all: Vec<String> = ["A", "title", "of", "its", "own", "First", "words"].map(str::to_owned).to_vec();
        for (kind, depth, words) in &lines {
            let line = words.join(" ");
            let indent = "  ".repeat(depth + 1);
            match kind {
                0 => text.push_str(&format!("{indent}• {line}\n")),
                1 => text.push_str(&format!("{indent}1. {line}\n")),
                2 => text.push_str(&format!("\nSay: {line}\n\n")),
                _ => text.push_str(&format!("Say: {line}\n")),
            }
            if *kind >= 2 {
                all.push("Say:".to_owned());
            }
            all.extend(words.iter().cloned());
        }
        // Marks that end a line and are no words: a heading's sign, and furniture is not made here.
        let strip = |words: Vec<String>| words.into_iter().filter(|word| word != "#").collect::<Vec<_>>();
        let imported = read("x.txt", text.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap();
        let found: Vec<String> = imported.documents.iter().flat_map(|d| d.words().split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
        prop_assert_eq!(strip(found), strip(all), "{}\n---\n{}", text, imported.documents[0].markdown);
        for document in &imported.documents {
            check_page(&document.markdown);
        }
    }

    #[test]
    fn a_saved_page_keeps_every_word(parts in prop::collection::vec((prop::sample::select(HTML), prop::collection::vec(odd_word(), 1..6)), 1..16)) {
        let (mut html, mut all) = (String::new(), String::from("T first second third "));
        for ((tags, plain), words) in &parts {
            let line = words.join(" ");
            html.push_str(&tags.replace('@', &line.replace('&', "&amp;").replace('<', "&lt;")));
            all.push_str(&format!("{} ", plain.replace('@', &line)));
        }
        let text = format!("<html><body><article><h1>T</h1><p>first second third</p>{html}</article></body></html>");
        let imported = read("x.html", text.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap();
        let words = imported.documents[0].words();
        let found: Vec<&str> = words.split_whitespace().filter(|word| *word != "|").collect();
        let all: Vec<&str> = all.split_whitespace().filter(|word| *word != "|").collect();
        prop_assert_eq!(found, all, "{}\n---\n{}", text, imported.documents[0].markdown);
        check_page(&imported.documents[0].markdown);
    }

    #[test]
    fn any_bytes_are_read_or_refused(start in prop::sample::select(vec!["", "<html><body>", "+++\n", "---\n", "# x\n", "Skip to content\n", "AB-1 X\nFROM: a\nSUBJECT: b\n", "\u{feff}"]), bytes in prop::collection::vec(any::<u8>(), 0..300), text in nasty()) {
        for rest in [bytes, text.into_bytes()] {
            let all: Vec<u8> = start.bytes().chain(rest).collect();
            for name in ["x.txt", "x.md", "x.html"] {
                if let Ok(imported) = read(name, &all, &Limits::default(), &RoleMap::new()) {
                    for document in imported.documents {
                        check_page(&document.markdown);
                    }
                }
            }
        }
    }

    #[test]
    fn both_versions_are_in_their_difference(old in nasty(), new in nasty()) {
        use knowledge::diff::{Change, PieceKind, readable};
        let (mut before, mut after) = (String::new(), String::new());
        for change in readable(&old, &new) {
            match change {
                Change::Same(text) => { before.push_str(&format!(" {text}")); after.push_str(&format!(" {text}")); }
                Change::Added(text) => after.push_str(&format!(" {text}")),
                Change::Removed(text) => before.push_str(&format!(" {text}")),
                Change::Changed(pieces) => for piece in pieces {
                    if piece.kind != PieceKind::Added { before.push_str(&piece.text); }
                    if piece.kind != PieceKind::Removed { after.push_str(&piece.text); }
                },
            }
        }
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(squeeze(&before), squeeze(&old));
        prop_assert_eq!(squeeze(&after), squeeze(&new));
    }
}
