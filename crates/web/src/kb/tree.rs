//! The site's menu beside a page (KB-PAGE-2, KB-PAGE-3): one tree for wide and narrow screens (MEDSUP-NAV-2), the branch of the
//! page open, every entry marked as what it is.

use std::fmt::Write as _;

use domain::knowledge::{Kind, Node};

use super::shape::escape;

/// Entries shown below one heading; a heading with more leads to its own page.
const BELOW_MAX: usize = 80;
/// Headings that are open on every page: the root and the site's own menu.
const OPEN_BELOW: usize = 2;

/// The tree as HTML. `path` is the branch of the page from the root, the page itself last.
pub(crate) fn html(nodes: &[Node], path: &[String]) -> String {
    let mut out = String::with_capacity(32 * 1024);
    list(nodes, path, &mut out, 0, true);
    out
}

fn list(nodes: &[Node], path: &[String], out: &mut String, depth: usize, first: bool) {
    out.push_str("<ul class=\"kb-tree plain\">");
    for (at, node) in window(nodes, path).iter().enumerate() {
        entry(node, path, out, depth, first && at == 0);
    }
    out.push_str("</ul>");
}

/// The entries to show: all, or as many as are legible, with the page of the reader among them.
fn window<'a>(nodes: &'a [Node], path: &[String]) -> &'a [Node] {
    let at = nodes.iter().position(|node| path.contains(&node.slug)).unwrap_or_default();
    let last = nodes.len().saturating_sub(BELOW_MAX);
    let from = at.saturating_sub(BELOW_MAX / 2).min(last);
    nodes.get(from..(from + BELOW_MAX).min(nodes.len())).unwrap_or_default()
}

fn entry(node: &Node, path: &[String], out: &mut String, depth: usize, first: bool) {
    if node.below.is_empty() {
        out.push_str("<li>");
        link(node, path, out, None);
        out.push_str("</li>");
        return;
    }
    let open = path.contains(&node.slug) || first && depth < OPEN_BELOW;
    let _ = write!(out, "<li class=\"kb-tree__branch\"><details{}>", if open { " open" } else { "" });
    out.push_str("<summary>");
    escape(&node.title, out);
    let _ = write!(out, " <span class=\"kb-tree__count\">{}</span></summary>", entries(node));
    out.push_str("<p class=\"kb-tree__all\">");
    let words = if node.kind == Kind::Section { "Overview" } else { "Read" };
    link(node, path, out, Some(words));
    out.push_str("</p>");
    list(&node.below, path, out, depth + 1, first);
    if node.below.len() > BELOW_MAX {
        let _ = write!(
            out,
            "<p class=\"kb-tree__all\"><a href=\"/kb/{}\">All {} entries</a></p>",
            node.slug,
            node.below.len()
        );
    }
    out.push_str("</details></li>");
}

fn link(node: &Node, path: &[String], out: &mut String, words: Option<&str>) {
    out.push_str("<a href=\"/kb/");
    out.push_str(&node.slug);
    out.push('"');
    let named_only = !node.described && node.kind != Kind::Section;
    if named_only {
        out.push_str(" class=\"kb-tree__named\"");
    }
    if path.last() == Some(&node.slug) {
        out.push_str(" aria-current=\"page\"");
    }
    out.push('>');
    match words {
        Some(words) => {
            out.push_str(words);
            out.push_str("<span class=\"visually-hidden\">: ");
            escape(&node.title, out);
            out.push_str("</span>");
        }
        None => escape(&node.title, out),
    }
    match node.kind {
        Kind::Link => out.push_str(" <span class=\"kb-tree__kind\">link</span>"),
        Kind::HandOff => out.push_str(" <span class=\"kb-tree__kind\">hand-off</span>"),
        Kind::Calculator => out.push_str(" <span class=\"kb-tree__kind\">calculator</span>"),
        Kind::Form => out.push_str(" <span class=\"kb-tree__kind\">form</span>"),
        Kind::Section | Kind::Article | Kind::Memo | Kind::HotTip => {}
    }
    if named_only {
        out.push_str("<span class=\"visually-hidden\"> (only named, no text yet)</span>");
    }
    out.push_str("</a>");
}

/// Entries below a heading that are no headings themselves.
pub(crate) fn entries(node: &Node) -> usize {
    node.below.iter().map(|below| if below.below.is_empty() { 1 } else { entries(below) }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(slug: &str, kind: Kind, below: Vec<Node>) -> Node {
        Node {
            slug: slug.to_owned(),
            title: format!("<{slug}>"),
            kind,
            target: None,
            described: kind == Kind::Article,
            readable: true,
            below,
        }
    }

    #[test]
    fn the_branch_of_the_page_is_open_and_titles_stay_text() {
        let tree = [
            node("first", Kind::Section, vec![node("link-1", Kind::Link, vec![])]),
            node("other", Kind::Section, vec![node("here", Kind::Article, vec![])]),
            node("shut", Kind::Section, vec![node("there", Kind::Article, vec![])]),
        ];
        let html = html(&tree, &["other".to_owned(), "here".to_owned()]);
        assert_eq!(html.matches("<details open>").count(), 2);
        assert!(html.contains("href=\"/kb/here\" aria-current=\"page\">&lt;here&gt;"));
        assert!(html.contains("<span class=\"kb-tree__kind\">link</span>"));
        assert!(!html.contains("<here>"));
    }

    #[test]
    fn a_heading_with_thousands_of_entries_shows_those_around_the_page_and_leads_to_the_rest() {
        let below: Vec<Node> =
            (0..5_000).map(|n| node(&format!("page-{n}"), Kind::Article, vec![])).collect();
        let tree = [node("many", Kind::Section, below)];
        let html = html(&tree, &["many".to_owned(), "page-4321".to_owned()]);
        assert!(html.len() < 20_000 && html.contains("/kb/page-4321") && html.contains("All 5000 entries"));
    }
}
