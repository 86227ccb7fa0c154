//! The site's menu beside a page (KB-PAGE-2, KB-PAGE-3): one tree for wide and narrow screens (MEDSUP-NAV-2), the branch of the
//! page open, every entry marked as what it is.
//!
//! A menu of a few hundred entries is written whole, so that every entry is one click away. Of a larger one only open branches
//! are written: the way to the page, and what stands beside it. A closed one holds a link to its heading's own page, which lists
//! what is below it, and is filled by `GET /kb/{slug}/branch` when somebody opens it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Deref;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::knowledge::{Kind, Node, Source};
use jiff::civil::Date;
use serde::Deserialize;

use super::around::{self, Around};
use super::shape::escape;
use crate::App;
use crate::error::Error;
use crate::page::html as fragment;
use crate::session::SignedIn;

/// Entries shown below one heading; a heading with more leads to its own page.
const BELOW_MAX: usize = 80;
/// A menu of at most so many entries is written whole.
const WHOLE_MAX: usize = 500;
/// Entries shown around the page, where there are more than that.
const AROUND_MAX: usize = 40;
/// Headings that are open on every page: the root and the site's own menu.
const OPEN_BELOW: usize = 2;

/// The tree of one audience with what every screen counts in it. It is made once and shared.
#[derive(Debug, Default)]
pub(crate) struct Menu {
    nodes: Vec<Node>,
    /// Entries below each heading.
    counts: HashMap<String, usize>,
    /// Whether all of it is written on every page.
    whole: bool,
}

impl Menu {
    pub(crate) fn of(nodes: Vec<Node>) -> Self {
        let mut counts = HashMap::new();
        let entries: usize = nodes.iter().map(|node| count(node, &mut counts)).sum();
        let whole = entries + counts.len() <= WHOLE_MAX;
        Self { nodes, counts, whole }
    }

    /// The heading with this name, and how deep it lies.
    fn find(&self, slug: &str) -> Option<(&Node, usize)> {
        fn within<'a>(nodes: &'a [Node], slug: &str, depth: usize) -> Option<(&'a Node, usize)> {
            let mut headings = nodes.iter().filter(|node| !node.below.is_empty());
            headings.find_map(|node| {
                if node.slug == slug { Some((node, depth)) } else { within(&node.below, slug, depth + 1) }
            })
        }
        within(&self.nodes, slug, 0)
    }
}

impl Deref for Menu {
    type Target = [Node];

    fn deref(&self) -> &[Node] {
        &self.nodes
    }
}

fn count(node: &Node, counts: &mut HashMap<String, usize>) -> usize {
    if node.below.is_empty() {
        return 1;
    }
    let all = node.below.iter().map(|below| count(below, counts)).sum();
    counts.insert(node.slug.clone(), all);
    all
}

/// The menu as HTML. `path` is the branch of the page from the root, the page itself last; `on` another day than today.
pub(crate) fn html(menu: &Menu, path: &[String], on: Option<Date>) -> String {
    let mut tree = Tree { menu, path, on, out: String::with_capacity(16 * 1024) };
    tree.list(menu, 0, true);
    tree.out
}

/// What is asked of a branch.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    on: Option<String>,
}

/// `GET /kb/{slug}/branch`: what lies directly below a heading, for the menu.
pub(super) async fn branch(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let viewer = app.engine.viewer(&me.account.roles);
    let on = around::day(asked.on.as_deref(), viewer.day)?;
    let viewer = domain::knowledge::Viewer { day: on.unwrap_or(viewer.day), ..viewer };
    let menu = around::nodes(&app, viewer);
    let (node, depth) = menu.find(&slug).ok_or(Error::NotFound)?;
    let mut tree = Tree { menu: &menu, path: &[], on, out: String::new() };
    tree.below(node, depth, false);
    Ok(fragment(Around::bare(&app, viewer, "").carry(tree.out)))
}

/// A menu that is being written.
struct Tree<'a> {
    menu: &'a Menu,
    path: &'a [String],
    on: Option<Date>,
    out: String,
}

impl Tree<'_> {
    fn list(&mut self, nodes: &[Node], depth: usize, first: bool) {
        self.out.push_str("<ul class=\"kb-tree plain\">");
        for (at, node) in self.window(nodes).iter().enumerate() {
            self.entry(node, depth, first && at == 0);
        }
        self.out.push_str("</ul>");
    }

    /// The entries to show: all, or as many as are legible, with the page of the reader among them.
    fn window<'n>(&self, nodes: &'n [Node]) -> &'n [Node] {
        if nodes.len() <= BELOW_MAX {
            return nodes;
        }
        let at = nodes.iter().position(|node| self.path.contains(&node.slug));
        let most = if at.is_some() { AROUND_MAX } else { BELOW_MAX };
        let last = nodes.len().saturating_sub(most);
        let from = at.unwrap_or_default().saturating_sub(most / 2).min(last);
        nodes.get(from..(from + most).min(nodes.len())).unwrap_or_default()
    }

    fn entry(&mut self, node: &Node, depth: usize, first: bool) {
        if node.below.is_empty() {
            self.out.push_str("<li>");
            link(node, self.path, &mut self.out, None);
            self.out.push_str("</li>");
            return;
        }
        let open = self.path.contains(&node.slug) || first && depth < OPEN_BELOW;
        self.out.push_str("<li class=\"kb-tree__branch\"><details");
        if open {
            self.out.push_str(" open>");
        } else if self.menu.whole {
            self.out.push('>');
        } else {
            let on = self.on.map(|day| format!("?on={day}")).unwrap_or_default();
            let _ = write!(
                self.out,
                " hx-get=\"/kb/{}/branch{on}\" hx-trigger=\"toggle once\" hx-target=\"find .kb-tree__below\" hx-swap=\"innerHTML\">",
                node.slug
            );
        }
        self.out.push_str("<summary>");
        escape(&node.title, &mut self.out);
        let entries = self.menu.counts.get(&node.slug).copied().unwrap_or_default();
        let _ = write!(self.out, " <span class=\"kb-tree__count\">{entries}</span></summary>");
        self.out.push_str("<p class=\"kb-tree__all\">");
        let words = if node.kind == Kind::Section { "Overview" } else { "Read" };
        link(node, self.path, &mut self.out, Some(words));
        self.out.push_str("</p><div class=\"kb-tree__below\">");
        if open || self.menu.whole {
            self.below(node, depth, first);
        }
        self.out.push_str("</div></details></li>");
    }

    /// What lies below a heading, and the way to the rest of it.
    fn below(&mut self, node: &Node, depth: usize, first: bool) {
        self.list(&node.below, depth + 1, first);
        if node.below.len() > BELOW_MAX {
            let _ = write!(
                self.out,
                "<p class=\"kb-tree__all\"><a href=\"/kb/{}\">All {} entries</a></p>",
                node.slug,
                node.below.len()
            );
        }
    }
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
    // One of the two is marked: a mark on each would fill the menu.
    if node.origin == Some(Source::Import) {
        out.push_str(" <span class=\"kb-tree__origin\">agency’s page</span>");
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
            origin: None,
            below,
        }
    }

    #[test]
    fn the_branch_of_the_page_is_open_and_titles_stay_text() {
        let tree = Menu::of(vec![
            node("first", Kind::Section, vec![node("link-1", Kind::Link, vec![])]),
            node("other", Kind::Section, vec![node("here", Kind::Article, vec![])]),
            node("shut", Kind::Section, vec![node("there", Kind::Article, vec![])]),
        ]);
        let html = html(&tree, &["other".to_owned(), "here".to_owned()], None);
        assert_eq!(html.matches("<details open>").count(), 2);
        assert!(html.contains("href=\"/kb/here\" aria-current=\"page\">&lt;here&gt;"));
        assert!(html.contains("<span class=\"kb-tree__kind\">link</span>"));
        assert!(!html.contains("<here>"));
    }

    /// KB-PAGE-3: a closed branch is not written. It leads to its heading's page by itself, and is fetched where it can be.
    #[test]
    fn a_closed_branch_is_a_link_to_its_heading_and_is_fetched_when_it_is_opened() {
        let tree = Menu::of(vec![
            node("open", Kind::Section, vec![node("here", Kind::Article, vec![])]),
            node("shut", Kind::Section, vec![node("there", Kind::Article, vec![])]),
        ]);
        assert!(html(&tree, &[], None).contains("/kb/there"), "a small menu is whole");
        let tree = Menu { whole: false, ..tree };
        let html = |on| html(&tree, &["open".to_owned(), "here".to_owned()], on);
        let today = html(None);
        assert!(today.contains("<details hx-get=\"/kb/shut/branch\" hx-trigger=\"toggle once\""));
        assert!(
            today.contains("<a href=\"/kb/shut\">Overview")
                && today.contains("<span class=\"kb-tree__count\">1</span>")
        );
        assert!(!today.contains("/kb/there"), "{today}");
        assert!(html(Some(jiff::civil::date(2021, 2, 3))).contains("/kb/shut/branch?on=2021-02-03\""));
    }

    #[test]
    fn a_heading_with_thousands_of_entries_shows_those_around_the_page_and_leads_to_the_rest() {
        let below: Vec<Node> =
            (0..5_000).map(|n| node(&format!("page-{n}"), Kind::Article, vec![])).collect();
        let tree = Menu::of(vec![node("many", Kind::Section, below)]);
        let html = html(&tree, &["many".to_owned(), "page-4321".to_owned()], None);
        assert!(html.len() < 10_000 && html.contains("/kb/page-4321") && html.contains("All 5000 entries"));
    }

    /// What a page weighs does not grow with what lies in other branches.
    #[test]
    fn the_menu_of_a_page_among_twenty_thousand_is_small() {
        let section = |n: usize| {
            let below = (0..1_000).map(|at| node(&format!("page-{n}-{at}"), Kind::Article, vec![])).collect();
            node(&format!("section-{n}"), Kind::Section, below)
        };
        let tree = Menu::of((0..20).map(section).collect());
        let html = html(&tree, &["section-7".to_owned(), "page-7-500".to_owned()], None);
        assert!(html.len() < 20_000, "{} bytes", html.len());
    }
}
