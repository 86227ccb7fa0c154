//! Saved HTML: what is taken, what is mended, what is refused.

use knowledge::import::{Imported, Limits, NoticeKind, Place, Reason, RoleMap, read};
use knowledge::markup::{self, Look};

use crate::safe;

const PAGE: &str = include_str!("../fixtures/page.html");

fn imported(text: &str) -> Imported {
    read("page.html", text.as_bytes(), &Limits::default(), &RoleMap::new())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> (Option<usize>, Reason) {
    let error = read("page.html", text.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap_err();
    assert!(error.to_string().starts_with("page.html"), "{error}");
    (error.line, error.reason)
}

#[test]
fn a_saved_page_becomes_a_document() {
    let imported = imported(PAGE);
    let [document] = &imported.documents[..] else { panic!("{:?}", imported.documents) };
    assert_eq!((document.title.as_str(), document.slug.as_str()), ("Lost Umbrellas", "lost-umbrellas"));
    assert_eq!(document.breadcrumb, ["Home", "Desk Pages"]);
    assert_eq!(document.updated, Some(jiff::civil::date(2024, 3, 3)));
    assert_eq!(document.canonical.as_deref(), Some("https://harbor.example/docs/lost-umbrellas/"));
    let expected = "## First Look\n\n2. Ask for the **colour** of the umbrella.\n   1. On rainy days *twice*.\n      - Where did you sit?\n      - Was it 1 < 2 & wet?\n3. Keep it for thirty days.\n\n   See [ringing the bell](kb:ringing-the-bell#once).\n\n### Sending It Home\n\nWrite to <umbrellas@harbor.example> or [send a parcel](https://post.example/send) or do nothing.\n\n*A green umbrella*\\\nTwo lines\\\nin one paragraph\n\n| Colour | Days |\n| --- | --- |\n| Green \\| blue | 30 |\n| Red and white | 10 |\n\n> This side up.\n\n```\none\n  two\n```\n\nUnclosed **bold and** *both* *of it*.\n\nA plain division.\n";
    assert_eq!(document.markdown, expected);
    let html = markup::html(&markup::parse(&document.markdown).unwrap(), &Look::default());
    safe::check(&html, &[]);
    assert!(html.contains("Green | blue"), "{html}");
}

#[test]
fn the_menus_of_a_saved_page_are_navigation_once() {
    let imported = imported(PAGE);
    let all: Vec<(String, Place)> =
        imported.navigation.iter().map(|e| (format!("{}/{}", e.path.join("/"), e.title), e.place)).collect();
    assert_eq!(
        all,
        [
            ("/Handbook".to_owned(), Place::Menu),
            ("Handbook/Opening the Desk".to_owned(), Place::Menu),
            ("Handbook/Closing the Desk".to_owned(), Place::Menu),
            ("/Tide Table".to_owned(), Place::Menu),
            ("/Greeting Visitors".to_owned(), Place::Sidebar),
            ("/Lost Umbrellas".to_owned(), Place::Sidebar),
        ]
    );
    assert_eq!(imported.navigation[0].address.as_deref(), Some("/handbook/"));
    assert_eq!(imported.site.as_deref(), Some("Harbor Guide"));
    assert!(
        imported
            .notices
            .iter()
            .any(|n| matches!(&n.kind, NoticeKind::Picture { address } if address == "/img/umbrella.png"))
    );
    assert!(
        imported
            .notices
            .iter()
            .any(|n| matches!(&n.kind, NoticeKind::Link { address } if address.starts_with("javascript")))
    );
}

#[test]
fn what_is_open_is_mended_and_what_is_cut_off_is_refused() {
    let open = imported("<html><body><article><h1>T</h1><p>One two three<p>four<ul><li>five<li>six");
    assert_eq!(open.documents[0].markdown, "One two three\n\nfour\n\n- five\n- six\n");
    assert!(open.notices.iter().any(|n| n.kind == NoticeKind::Unclosed));
    assert_eq!(refused("<html><body>\n<p>One two three\n<a href=\"x"), (Some(3), Reason::CutOff));
    assert_eq!(refused("<html><body>\n<p>One two three\n<!-- never ends"), (Some(3), Reason::CutOff));
    assert_eq!(
        refused("<html><head><title>x</title></head><body><script>all();of();it()</script></body></html>"),
        (None, Reason::NoBody)
    );
    assert_eq!(refused("<html><body></body></html>").1, Reason::NoBody);
    let fine = imported("<html><body><p>It is 3 < 4 and that is all</p></body></html>");
    assert!(fine.documents[0].markdown.contains("3 < 4 and"));
}

#[test]
fn elements_without_end_are_refused_quickly() {
    for tag in [
        "<div>",
        "<ul><li>",
        "<blockquote>",
        "<b>",
        "<table><tr><td>",
        "<font color=a><font color=b>",
        "<svg><g>",
    ] {
        let text = format!("<html><body>\n<p>one two three</p>\n{}x y z", tag.repeat(10_000));
        let (line, reason) = refused(&text);
        assert!(matches!(reason, Reason::TooDeep), "{tag}: {reason:?}");
        assert!(line.is_some(), "{tag}");
    }
    let lists = format!("<html><body><p>one two three</p>{}x{}", "<ul><li>y".repeat(60), "</ul>".repeat(60));
    assert_eq!(refused(&lists).1, Reason::TooDeep);
    let formatting: String = (0..200).map(|at| format!("<b id={at}>")).collect();
    let many = format!("<html><body><p>one two three</p>{formatting}{}", "<p>".repeat(1_000_000));
    assert!(matches!(refused(&many).1, Reason::TooManyNodes(_) | Reason::TooDeep));
}

#[test]
fn a_memo_in_a_saved_page_is_a_memo() {
    let text = "<html><body><article><h1>HM-7 BELLS</h1><div class='entry-content'>\
        <p><strong>FROM:</strong> PAT EXAMPLE, HARBOR DIRECTOR<br><strong>SUBJECT:</strong> BELLS</p>\
        <p><strong>MANUAL REVISION #</strong> 0210.040.05</p>\
        <p><strong>DISCUSSION:</strong> Ring <a href='https://bell.example'>the bell</a> on form HB-3.</p>\
        <p><strong>NECESSARY ACTION:</strong></p><ul><li>Ring it.</li></ul><p>PE/ab</p></div></article></body></html>";
    let imported = imported(text);
    let [document] = &imported.documents[..] else { panic!("{:?}", imported.documents) };
    let memo = document.memo.as_ref().unwrap();
    assert_eq!(
        (memo.number.as_str(), memo.subject.as_str(), memo.from_role.as_str()),
        ("HM-7", "BELLS", "Harbor Director")
    );
    assert_eq!((memo.manual_revised.len(), memo.actions.as_slice()), (1, &["Ring it.".to_owned()][..]));
    let expected = "## DISCUSSION:\n\nRing [the bell](https://bell.example) on form HB-3.\n\n## NECESSARY ACTION:\n\n- Ring it.\n";
    assert_eq!(document.markdown, expected);
    assert_eq!((document.title.as_str(), document.slug.as_str()), ("HM-7 BELLS", "memo-hm-7"));
}

#[test]
fn a_page_wrapped_in_a_form_is_still_a_page() {
    let words = "Some words that are the text of the page and go on for a while. ".repeat(8);
    let text = format!(
        "<html><body><form><h1>T</h1><h2>One</h2><p>{words}</p><h1>Another</h1><aside>beside it all</aside><form><p>Helpful?</p></form></form></body></html>"
    );
    let document = imported(&text).documents.remove(0);
    assert!(
        document.markdown.contains("## One") && document.markdown.contains("## Another"),
        "{}",
        document.markdown
    );
    assert!(document.markdown.contains("go on for a while"));
}

#[test]
fn the_day_of_the_update_is_found_in_the_foot_and_right_below_the_title() {
    let day = Some(jiff::civil::date(2025, 4, 22));
    let page = |body: &str| format!("<html><body>{body}</body></html>");
    for text in [
        "<article><h1>Keys</h1><p>Where the keys are kept.</p></article><footer><p>© 2025 Harbor</p><p>Updated on April 22, 2025</p></footer>",
        "<article><h1>Keys</h1><p>Where the keys are kept.</p></article><footer>Last updated: April 22, 2025<br>Harbor</footer>",
        "<article><h1>Keys</h1><p>Updated on April 22, 2025</p><p>Where the keys are kept.</p></article>",
    ] {
        let imported = imported(&page(text));
        assert_eq!(imported.documents[0].updated, day, "{text}");
        assert_eq!(imported.documents[0].markdown, "Where the keys are kept.\n");
    }
    let told = "<article><h1>Keys</h1><p>Where the keys are kept.</p><p>Updated on April 22, 2025</p><p>More words.</p></article>";
    assert_eq!(imported(&page(told)).documents[0].updated, None, "a sentence of the text is none");
}

#[test]
fn the_day_of_the_update_is_the_last_or_first_line_of_a_markdown_file() {
    for text in [
        "# Keys\n\nWhere they are kept.\n\n*Updated on April 22, 2025*\n",
        "# Keys\n\nUpdated on April 22, 2025\n\nWhere they are kept.\n",
    ] {
        let read = read("keys.md", text.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap();
        assert_eq!(read.documents[0].updated, Some(jiff::civil::date(2025, 4, 22)), "{text}");
        assert_eq!(read.documents[0].markdown, "Where they are kept.\n");
    }
}
