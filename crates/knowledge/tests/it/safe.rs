//! A judge of HTML that knows nothing of how it was made: which tags and attributes are in it, and where they lead.

/// All tags that a page may consist of.
const TAGS: &[&str] = &[
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "ul",
    "ol",
    "li",
    "a",
    "span",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "blockquote",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "img",
    "br",
    "hr",
];

const ATTRIBUTES: &[&str] = &[
    "id",
    "class",
    "href",
    "src",
    "alt",
    "rel",
    "tabindex",
    "start",
    "scope",
    "role",
    "aria-label",
    "loading",
];

/// Fails if anything in the HTML could run or lead where it should not. `ours` are beginnings of our own addresses.
pub(crate) fn check(html: &str, ours: &[&str]) {
    let mut rest = html;
    let mut open: Vec<String> = Vec::new();
    let mut ids = std::collections::HashSet::new();
    while let Some(at) = rest.find('<') {
        let inner = &rest[at + 1..];
        let end = inner.find('>').unwrap_or_else(|| panic!("a tag without an end: {inner:.80}"));
        let tag = &inner[..end];
        rest = &inner[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "tags are closed in order");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(TAGS.contains(&name), "<{tag}>");
        if !["img", "br", "hr"].contains(&name) {
            open.push(name.to_owned());
        }
        for (key, value) in attributes_of(attributes) {
            assert!(ATTRIBUTES.contains(&key), "{key} in <{tag}>");
            assert!(!value.contains(['<', '>', '"', '\'']), "{value:?}");
            if key == "href" || key == "src" {
                let fine = ["https://", "http://", "mailto:", "tel:", "#"].iter().chain(ours);
                assert!(
                    fine.into_iter().any(|start| value.to_lowercase().starts_with(start)),
                    "{key}={value:?}"
                );
            }
            if key == "id" {
                assert!(ids.insert(value.to_owned()), "the id {value:?} is there twice");
                assert!(!value.is_empty() && !value.contains(char::is_whitespace), "{value:?}");
            }
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed");
    assert!(!rest.contains('>'), "a bracket that closes nothing: {rest:?}");
}

fn attributes_of(mut text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    while let Some((key, rest)) = text.split_once("=\"") {
        let (value, rest) = rest.split_once('"').expect("a quoted value");
        found.push((key.trim(), value));
        text = rest;
    }
    assert!(text.trim().is_empty(), "an attribute without quotes: {text:?}");
    found
}
