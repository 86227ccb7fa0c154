//! The page markup: what is shown, what is hidden, what is refused.

use knowledge::markup::{self, Look, MarkKind, MarkupReason, Words};

fn shown(text: &str) -> String {
    markup::html(&markup::parse(text).unwrap(), &Look::default())
}

fn shown_to_supervisors(text: &str) -> String {
    markup::html(&markup::parse(text).unwrap(), &Look { supervisors: true, ..Look::default() })
}

#[test]
fn a_page_with_everything_is_shown() {
    let text = "# Greeting {#greet}\n\nSay *hello* and **wait**. {#SMS-GEN-4 #SMS-GEN-5}\n\n### Deep\n\n3. three\n   1. inner {#INNER-1}\n\n      more\n4. four\n\n> [!SCRIPT]\n> Hello, how are you?\n\n| a | b |\n|---|--:|\n| 1 | 2 {#ROW-1} |\n";
    let page = markup::parse(text).unwrap();
    let clause = |id: &str| format!("/clause/{id}");
    let html = markup::html(&page, &Look { clause: Some(&clause), ..Look::default() });
    for part in [
        "<h2 id=\"greet\" class=\"kb-heading\" tabindex=\"-1\">Greeting <a class=\"kb-heading__link\" href=\"#greet\"",
        "<p id=\"SMS-GEN-4\"><span id=\"SMS-GEN-5\"></span>Say <em>hello</em> and <strong>wait</strong>.",
        "href=\"/clause/SMS-GEN-5\" aria-label=\"Clause SMS-GEN-5\">SMS-GEN-5</a></p>",
        "<h3 id=\"deep\"",
        "<ol class=\"usa-list kb-list\" start=\"3\">",
        "<li id=\"INNER-1\"><p>inner",
        "<div class=\"kb-box kb-box--script\"><p class=\"kb-box__label\">Script</p>",
        "<th scope=\"col\" class=\"text-right\">b</th>",
        "<tr id=\"ROW-1\"><td>1</td><td class=\"text-right\">2 <a class=\"kb-clause\" href=\"/clause/ROW-1\"",
    ] {
        assert!(html.contains(part), "{part}\nis not in\n{html}");
    }
    assert!(!html.contains("{#"), "{html}");
    let contents = markup::contents(&page);
    assert_eq!(
        contents.iter().map(|e| (e.level, e.anchor.as_str())).collect::<Vec<_>>(),
        [(2, "greet"), (3, "deep")]
    );
}

#[test]
fn passages_carry_headings_clauses_and_what_leads_to_them() {
    let text = "## Delay {#SMS-DELAY-1}\n\nDo this:\n\n1. Wait {#SMS-DELAY-2}\n   - five minutes\n\n> [!SCRIPT] {#SMS-DELAY-3}\n> Are you there?\n";
    let passages = markup::passages(&markup::parse(text).unwrap(), false);
    let short: Vec<_> = passages
        .iter()
        .map(|p| (p.text.as_str(), p.heading.join("/"), p.lead.as_str(), p.clauses.join(" ")))
        .collect();
    assert_eq!(
        short,
        [
            ("Delay", String::new(), "", "SMS-DELAY-1".into()),
            ("Do this:", "Delay".into(), "", String::new()),
            ("Wait", "Delay".into(), "Do this:", "SMS-DELAY-2".into()),
            ("five minutes", "Delay".into(), "Wait", "SMS-DELAY-2".into()),
            ("Are you there?", "Delay".into(), "", "SMS-DELAY-3".into()),
        ]
    );
    let html = shown(text);
    for passage in passages {
        assert!(html.contains(&format!("id=\"{}\"", passage.anchor)), "{} in {html}", passage.anchor);
    }
}

#[test]
fn what_is_for_supervisors_is_nowhere_for_others() {
    let text = "## Open\n\nfirst\n\n## Closed {.supervisors}\n\nsecret one\n\n### Below\n\n[secret two](kb:x)\n\n## Open again\n\nlast\n\n> [!SUPERVISORS]\n> secret three\n\n- item\n\n  > [!supervisors]\n  > secret four\n";
    let page = markup::parse(text).unwrap();
    for for_others in [
        shown(text),
        markup::plain_for(&page, false),
        format!("{:?}", markup::passages(&page, false)),
        format!("{:?}", markup::contents(&page).iter().filter(|e| !e.supervisors).collect::<Vec<_>>()),
        format!("{:?}", markup::links(&page).iter().filter(|l| !l.supervisors).collect::<Vec<_>>()),
    ] {
        assert!(
            !for_others.contains("secret") && !for_others.contains("Closed") && !for_others.contains("Below"),
            "{for_others}"
        );
    }
    let all = shown_to_supervisors(text);
    for secret in ["secret one", "secret two", "secret three", "secret four", "Below", "Open again"] {
        assert!(all.contains(secret), "{secret} is not in {all}");
    }
    assert!(shown(text).contains("Open again") && shown(text).contains("last"));
}

#[test]
fn links_are_resolved_marked_or_shown_as_words() {
    let text = "[a](kb:there#x) [b](kb:gone) [c](javascript:alert(1)) <questions@agency.example> [d](file:ab12) ![e](https://x.example/p.png) ![f](file:cd34)";
    let page = markup::parse(text).unwrap();
    let known = |slug: &str, anchor: Option<&str>| {
        (slug == "there").then(|| format!("/kb/{slug}#{}", anchor.unwrap_or_default()))
    };
    let file = |name: &str| Some(format!("/files/{name}"));
    let html = markup::html(&page, &Look { page: &known, file: &file, mark_broken: true, ..Look::default() });
    for part in [
        "href=\"/kb/there#x\">a</a>",
        "<span class=\"kb-broken\">b (no such page)</span>",
        " c ",
        "href=\"mailto:questions@agency.example\">questions@agency.example</a>",
        "href=\"/files/ab12\">d</a>",
        " e ",
        "<img class=\"kb-picture\" loading=\"lazy\" src=\"/files/cd34\" alt=\"f\">",
    ] {
        assert!(html.contains(part), "{part}\nis not in\n{html}");
    }
    assert!(!html.contains("javascript") && !html.contains("x.example"), "{html}");
    let kinds: Vec<_> = markup::lint(&page).into_iter().map(|mark| mark.kind).collect();
    assert!(matches!(&kinds[..], [MarkKind::Link { .. }, MarkKind::Picture(_)]), "{kinds:?}");
}

#[test]
fn raw_html_is_text() {
    let html = shown(
        "<script>alert(1)</script>\n\nHello <b onclick=\"x\">you</b> <svg/onload=alert(1)>\n\n<div>\n*not emphasis*\n</div>\n",
    );
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    assert!(html.contains("Hello &lt;b onclick=&quot;x&quot;&gt;you"), "{html}");
    assert!(html.contains("*not emphasis*"), "{html}");
}

#[test]
fn twelve_lists_within_one_another_keep_their_numbers() {
    let mut text = String::new();
    for depth in 0..12 {
        // A list that does not begin with 1 needs an empty line before it.
        text.push_str(&format!("{}{}. level {depth}\n\n", "   ".repeat(depth), depth % 3 + 1));
    }
    let html = shown(&text);
    assert_eq!(html.matches("<ol").count(), 12, "{html}");
    assert_eq!(html.matches("start=\"2\"").count(), 4);
    assert_eq!(html.matches("kb-list--deep").count(), 7);
}

#[test]
fn nesting_without_end_is_refused_with_its_line() {
    let indented: String = (0..2_000).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect();
    let brackets = "[".repeat(100_000);
    let too_deep = [
        format!("fine\n\n{}a", "- ".repeat(10_000)),
        format!("fine\n\n{}a", ">".repeat(10_000)),
        format!("fine\n\n{}a", "1. ".repeat(10_000)),
        format!("fine\n\n{indented}"),
    ];
    for text in too_deep {
        let error = markup::parse(&text).unwrap_err();
        assert_eq!(error.reason, MarkupReason::TooDeep);
        assert!(error.line >= 3 && error.line <= 50, "{error}");
    }
    for text in
        [brackets, "*a **b ".repeat(50_000), "`".repeat(100_000), "![".repeat(50_000), "<".repeat(100_000)]
    {
        let page = markup::parse(&text).unwrap();
        assert!(!markup::html(&page, &Look::default()).is_empty());
    }
}

#[test]
fn limits_name_what_was_too_much() {
    let long = format!("one\n\n[a](https://x.example/{})", "a".repeat(3_000));
    let error = markup::parse(&long).unwrap_err();
    assert_eq!((error.line, error.to_string().contains("3018 bytes")), (3, true), "{error}");
    assert_eq!(
        markup::parse(&"a ".repeat(3 * 1024 * 1024)).unwrap_err().reason,
        MarkupReason::TooLong(6 * 1024 * 1024)
    );
    let blocks = "a\n\n".repeat(200_001);
    assert_eq!(markup::parse(&blocks).unwrap_err().reason, MarkupReason::TooManyBlocks);
    let row = format!("|{}\n", "a|".repeat(1_000));
    let table = format!("{row}|{}\n{}", "-|".repeat(1_000), row.repeat(120));
    assert_eq!(markup::parse(&table).unwrap_err().reason, MarkupReason::TooManyCells);
    let links = "[a](#b) ".repeat(50_001);
    assert_eq!(markup::parse(&links).unwrap_err().reason, MarkupReason::TooManyLinks);
}

#[test]
fn five_megabytes_of_honest_text_are_shown() {
    let text =
        "A sentence that says something to staff, and **another** with [a link](kb:here).\n\n".repeat(40_000);
    let text = format!("{text}{}", "word ".repeat((markup::MAX_BYTES - text.len()) / 5));
    let page = markup::parse(&text).unwrap();
    assert!(markup::html(&page, &Look::default()).len() > text.len());
    assert_eq!(markup::passages(&page, false).len(), markup::plain(&page).lines().count());
}

#[test]
fn labels_are_in_the_language_of_the_page() {
    let page = markup::parse("> [!WARNING]\n> Cuidado.\n\n> [!NOTE]\n> NOTE: said already\n").unwrap();
    let html = markup::html(&page, &Look { words: Words::SPANISH, ..Look::default() });
    assert!(html.contains("Advertencia") && html.contains("Nota"), "{html}");
    let html = markup::html(&page, &Look::default());
    assert_eq!(html.matches("kb-box__label").count(), 1, "a note that says so itself has no label: {html}");
}
