//! Files that mean harm, or are broken: each is refused with a reason, or read without harm.

use std::fmt::Write as _;

use knowledge::import::{Limits, Reason, RoleMap, read};
use knowledge::markup::{self, Look};

use crate::safe;

/// Shows a text with everything switched on, and judges the HTML.
fn judged(text: &str) -> String {
    let page = markup::parse(text).unwrap();
    let page_address =
        |slug: &str, anchor: Option<&str>| Some(format!("/kb/{slug}#{}", anchor.unwrap_or_default()));
    let file = |name: &str| Some(format!("/files/{name}"));
    let clause = |id: &str| format!("/clause/{id}");
    let mut all = String::new();
    for print in [false, true] {
        let look = Look {
            page: &page_address,
            file: &file,
            clause: Some(&clause),
            supervisors: true,
            print,
            mark_broken: true,
            ..Look::default()
        };
        let html = markup::html(&page, &look);
        safe::check(&html, &["/kb/", "/files/", "/clause/"]);
        let _ = write!(all, "{html}");
    }
    all
}

#[test]
fn hostile_markdown_shows_as_words() {
    let corpus = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<style>*{display:none}</style>",
        "<iframe src=\"javascript:alert(1)\"></iframe>",
        "[a](javascript:alert(1))",
        "[a](JAVASCRIPT&colon;alert(1))",
        "[a](java&#x0A;script:alert(1))",
        "[a](\u{1}javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "[a](<javascript:alert(1)>)",
        "[a][r]\n\n[r]: javascript:alert(1) \"title\"",
        "<javascript:alert(1)>",
        "![a](javascript:alert(1))",
        "![a](data:image/svg+xml;base64,AAAA)",
        "![a](https://tracker.example/pixel.gif)",
        "![a](file:../../etc/passwd)",
        "[a](file:..%2f..%2fetc/passwd)",
        "[a](https://x.example/\"onmouseover=\"alert(1))",
        "[a](https://x.example/'><script>alert(1)</script>)",
        "# Heading {#x\"><script>}",
        "# Heading {#main} \n\n# Heading {#main}",
        "## <b>x</b> {.supervisors}",
        "text {#a#b} {#\u{202e}}",
        "`<script>`\n\n```html\n</code></pre><script>alert(1)</script>\n```",
        "| <script> | [a](javascript:x) |\n|---|---|\n| <img onerror=x> | `</td>` |",
        "> [!SCRIPT] <script>\n> <script>",
        "> [!\"><script>]\n> x",
        "\u{202e}reversed\u{202c} \u{2066}x\u{2069} nul\0",
        "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
        "<!-- <script> --> <![CDATA[ <script> ]]> <?php echo 1 ?>",
        "[a](kb:x#\"><script>) [b](kb:../../x) [c](kb:x?y)",
        "a\\\n{#A-1}\n\n- {#A-1}\n- {#B-2}\n  - {#C-3}",
    ];
    for text in corpus {
        let html = judged(text).to_lowercase();
        for part in [
            "<script",
            "<svg",
            "<iframe",
            "<style",
            "href=\"javascript",
            "src=\"data",
            "tracker.example/pixel.gif\"",
            "onerror=\"",
            "etc/passwd\"",
        ] {
            assert!(!html.contains(part), "{text:?} gave {html}");
        }
    }
}

#[test]
fn files_that_are_no_pages_are_refused_with_a_reason() {
    let refused = |bytes: &[u8]| read("file.txt", bytes, &Limits::default(), &RoleMap::new()).unwrap_err();
    assert_eq!(refused(b"").reason, Reason::Empty);
    assert_eq!(refused(b"\xef\xbb\xbf\n\n \xc2\xa0").reason, Reason::Empty);
    assert!(matches!(refused(b"%PDF-1.7 ...").reason, Reason::Binary(_)));
    assert!(matches!(refused(b"line\nline \x00\x01").reason, Reason::Binary(_)));
    let mixed = refused(b"one\ntwo caf\xc3\xa9\nthree \xff\xfe four");
    assert_eq!(
        (mixed.line, matches!(mixed.reason, Reason::Encoding { offset: 20 })),
        (Some(3), true),
        "{mixed}"
    );
    let large = vec![b'a'; 21 * 1024 * 1024];
    assert!(matches!(refused(&large).reason, Reason::TooLarge { .. }));
    let lines = "a\n".repeat(500_000);
    assert!(matches!(refused(lines.as_bytes()).reason, Reason::TooManyNodes(_)));
    let deep: String = (1..200).map(|depth| format!("{}• x\n", "  ".repeat(depth))).collect();
    let error = refused(format!("Title here\n\n{deep}").as_bytes());
    assert_eq!(error.reason, Reason::TooDeep);
    assert!(error.line.is_some_and(|line| line > 40 && line < 60), "{error}");
    let markdown = format!("# T\n\nx\n\n{}y\n", "> ".repeat(10_000));
    let error = read("x.md", markdown.as_bytes(), &Limits::default(), &RoleMap::new()).unwrap_err();
    assert!(error.to_string().contains("nested"), "{error}");
    let memos = "AB-1 ONE TITLE\nFROM: A B, C\nSUBJECT: X\n\nwords\n\n".repeat(600);
    assert!(matches!(refused(memos.as_bytes()).reason, Reason::TooManyDocuments { found: 600, .. }));
}

#[test]
fn other_encodings_are_read() {
    let text = "Title of the page\n\nThe visitor said “no” – and left the café.\n";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let windows: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '“' => 0x93,
            '”' => 0x94,
            '–' => 0x96,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    for bytes in [text.as_bytes().to_vec(), utf16, windows] {
        let document =
            read("a.txt", &bytes, &Limits::default(), &RoleMap::new()).unwrap().documents.remove(0);
        assert_eq!(
            document.words().split_whitespace().collect::<Vec<_>>(),
            text.split_whitespace().collect::<Vec<_>>()
        );
    }
}

#[test]
fn hostile_exports_are_read_without_harm() {
    let corpus = [
        "Skip to content\n",
        "Skip to content\n  • A\n  • B\nB\n",
        "Title\n\n<script>alert(1)</script>\n\n  • [x](javascript:alert(1))\n",
        "FROM: X\nSUBJECT: Y\n",
        "AB-1 T\n\nFROM:\n\nSUBJECT:\n\nDISCUSSION:\n",
        "Table of Contents\n  • A\nA #\n",
        "Updated on April 22, 2025\n",
        "Heading #\n#\n ##\n",
        "1. \n• \n-\n",
        "NOTE:\nNOTÉ: é\nnoté\n",
        "Was this guide helpful?\nUpdated on April 22, 2025\nx\n",
    ];
    for text in corpus {
        if let Ok(imported) = read("x.txt", text.as_bytes(), &Limits::default(), &RoleMap::new()) {
            for document in imported.documents {
                judged(&document.markdown);
            }
        }
    }
}
