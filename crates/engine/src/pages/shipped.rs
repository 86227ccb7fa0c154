//! The knowledge that comes with the pack: the navigation tree, articles, memos, mailboxes.
//!
//! Files: `knowledge/navigation.toml`, `knowledge/articles/*.md`, `knowledge/memos/*.md`, `knowledge/mailboxes.toml`. The
//! first page of each article and memo is TOML between lines of plus signs; the rest is the page's markup.

use std::collections::{BTreeMap, BTreeSet};

use domain::knowledge::{Audience, Draft, Kind, Memo, Required, SettingChange, is_slug, slug_of};
use domain::permission::Role;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The first day of what prints no date: the documents of this agency leave many undated.
pub const UNDATED: Date = date(1970, 1, 1);
/// Days to read a memo of the pack in, where its file names none.
pub(super) const DUE_DAYS: u16 = 10;

/// Everything of the pack that is knowledge.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shipped {
    /// Pages, with the date each prints.
    pub drafts: Vec<(Draft, Option<Date>)>,
    /// Files that pages attach, with the pages' slugs.
    pub files: Vec<(String, String, Vec<u8>)>,
    /// Mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// Which question goes where.
    pub routes: Vec<QuestionRoute>,
    /// Forms and hot tips.
    pub manual: super::Manual,
}

/// A mailbox of the agency, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Short id.
    pub id: String,
    /// Address.
    pub address: String,
    /// `email`, `post`, `fax` or `web`.
    #[serde(default)]
    pub kind: String,
    /// Name on screens.
    #[serde(default)]
    pub title: String,
    /// Roles that may write to it.
    #[serde(default)]
    pub senders: Vec<String>,
    /// Clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
}

/// Which mailbox takes which question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionRoute {
    /// Short id.
    #[serde(default)]
    pub id: String,
    /// Programmes.
    #[serde(default)]
    pub programmes: Vec<String>,
    /// Mailbox; none where it goes to a person.
    #[serde(default)]
    pub mailbox: Option<String>,
    /// Clause.
    #[serde(default)]
    pub clause: String,
}

#[derive(Deserialize)]
struct Boxes {
    #[serde(default)]
    mailbox: Vec<Mailbox>,
    #[serde(default)]
    route: Vec<QuestionRoute>,
}

#[derive(Deserialize)]
struct Tree {
    #[serde(default)]
    node: Vec<TreeNode>,
}

#[derive(Deserialize)]
struct TreeNode {
    id: String,
    title: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    position: i32,
    kind: String,
    #[serde(default)]
    page: Option<String>,
    #[serde(default)]
    target: Option<String>,
    #[serde(default)]
    alias: Option<String>,
    #[serde(default)]
    audience: Option<String>,
    #[serde(default)]
    note: Option<String>,
    /// Its name in the trail, where it differs from the title.
    #[serde(default)]
    breadcrumb: Option<String>,
}

#[derive(Deserialize)]
struct Front {
    title: String,
    #[serde(default)]
    summary: String,
    kind: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    position: i32,
    #[serde(default)]
    audience: Option<String>,
    #[serde(default)]
    programmes: Vec<String>,
    language: String,
    #[serde(default)]
    translation_of: Option<String>,
    #[serde(default)]
    updated: Option<Date>,
    #[serde(default)]
    effective_from: Option<Date>,
    #[serde(default)]
    effective_until: Option<Date>,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    review_months: u16,
    #[serde(default)]
    related: Vec<String>,
    /// Names in `knowledge/files/`.
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    memo: Option<FrontMemo>,
}

#[derive(Deserialize)]
struct FrontMemo {
    number: String,
    issuing_role: String,
    kind: String,
    #[serde(default)]
    action: Vec<String>,
    #[serde(default)]
    revises: Vec<String>,
    #[serde(default)]
    forms_introduced: Vec<String>,
    #[serde(default)]
    forms_revised: Vec<String>,
    #[serde(default)]
    supersedes: Vec<String>,
    #[serde(default)]
    review: Option<Review>,
    #[serde(default)]
    change: Vec<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Review {
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    hold_queue: bool,
    #[serde(default)]
    due_days: Option<u16>,
}

impl Shipped {
    /// Reads the knowledge files among the pack's files (path within the pack, text).
    ///
    /// # Errors
    /// Every fault with its file.
    pub fn read(files: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
        let mut out = Self::default();
        let mut faults = Vec::new();
        let mut slugs = BTreeSet::new();
        for (path, text) in files {
            let Some(name) = path.strip_prefix("knowledge/") else { continue };
            let article = name.strip_prefix("articles/").or_else(|| name.strip_prefix("memos/"));
            if let Some(slug) = article.and_then(|name| name.strip_suffix(".md")) {
                match page(slug, text) {
                    Ok(Some((draft, updated, attached))) => {
                        slugs.insert(slug.to_owned());
                        for name in attached {
                            match files.get(&format!("knowledge/files/{name}")) {
                                Some(file) => {
                                    out.files.push((slug.to_owned(), name, file.clone().into_bytes()))
                                }
                                None => faults.push(format!("{path}: there is no file {name}")),
                            }
                        }
                        out.drafts.push((draft, updated));
                    }
                    Ok(None) => {}
                    Err(reason) => faults.push(format!("{path}: {reason}")),
                }
            }
        }
        if let Some(text) = files.get("knowledge/navigation.toml") {
            match toml::from_str::<Tree>(text) {
                Ok(tree) => out.take_tree(tree, &slugs, &mut faults),
                Err(error) => faults.push(format!("knowledge/navigation.toml: {error}")),
            }
        }
        if let Some(text) = files.get("knowledge/mailboxes.toml") {
            match toml::from_str::<Boxes>(text) {
                Ok(boxes) => (out.mailboxes, out.routes) = (boxes.mailbox, boxes.route),
                Err(error) => faults.push(format!("knowledge/mailboxes.toml: {error}")),
            }
        }
        out.manual = super::Manual::read(files, &mut faults);
        if faults.is_empty() { Ok(out) } else { Err(faults) }
    }

    /// Entries of the tree: those with a page give it its place, the others are pages of their own that say what they are.
    fn take_tree(&mut self, tree: Tree, slugs: &BTreeSet<String>, faults: &mut Vec<String>) {
        let mut tree = tree;
        // A page may tell of several entries of the menu; it is the first of them, and the others lead to it.
        let mut told = BTreeSet::new();
        for node in &mut tree.node {
            if let Some(page) = node.page.take_if(|page| told.contains(page)) {
                node.note.get_or_insert_with(|| format!("[The page that tells of it](kb:{page})."));
            }
            told.extend(node.page.clone());
        }
        let of = |node: &TreeNode| node.page.clone().unwrap_or_else(|| slug_of(&node.id));
        let places: BTreeMap<String, String> =
            tree.node.iter().map(|node| (node.id.clone(), of(node))).collect();
        // An article names the entry it lies below; entries and pages share one space of names.
        for (draft, _) in &mut self.drafts {
            if let Some(parent) = draft.parent.take() {
                draft.parent = Some(places.get(&parent).cloned().unwrap_or(parent));
            }
        }
        let mut placed = BTreeSet::new();
        for node in tree.node {
            let slug = of(&node);
            let parent = node.parent.as_ref().and_then(|parent| places.get(parent).cloned());
            if node.parent.is_some() && parent.is_none() {
                faults.push(format!(
                    "knowledge/navigation.toml: {} lies below an entry that is not there",
                    node.id
                ));
            }
            if slugs.contains(&slug) {
                if placed.insert(slug.clone())
                    && let Some((draft, _)) = self.drafts.iter_mut().find(|(draft, _)| draft.slug == slug)
                {
                    draft.parent = parent.filter(|parent| parent != &slug);
                    draft.position = node.position;
                    let other = (node.title != draft.title).then_some(node.title);
                    draft.trail_name = node.breadcrumb.or(other);
                }
                continue;
            }
            if node.page.is_some() {
                faults.push(format!(
                    "knowledge/navigation.toml: {} names a page that is not there: {slug}",
                    node.id
                ));
                continue;
            }
            if placed.insert(slug.clone()) {
                self.drafts.push((entry(slug, parent, node, &places), None));
            }
        }
    }
}

fn entry(slug: String, parent: Option<String>, node: TreeNode, places: &BTreeMap<String, String>) -> Draft {
    let kind = match node.kind.as_str() {
        "section" => Kind::Section,
        "link" if node.target.is_some() => Kind::Link,
        "hand_off" => Kind::HandOff,
        "calculator" => Kind::Calculator,
        "form" => Kind::Form,
        _ => Kind::Article,
    };
    let led = node.alias.as_ref().and_then(|alias| places.get(alias));
    let mut body = String::new();
    if let Some(slug) = led {
        body = format!("This entry of the menu leads to [the page of that name](kb:{slug}).\n");
    }
    // What the documents only name stays without words: the screens say so, and mark it in the menu (KB-PAGE-3).
    if let Some(note) = node.note.as_ref().filter(|_| led.is_none()) {
        body = format!("{body}\n{note}\n");
    }
    Draft {
        slug,
        kind,
        parent,
        position: node.position,
        target: node.target,
        trail_name: node.breadcrumb,
        language: "en".to_owned(),
        title: node.title,
        audience: node.audience.as_deref().and_then(Audience::from_word).unwrap_or_default(),
        body,
        from: Some(UNDATED),
        authors: vec!["pack".to_owned()],
        ..Draft::default()
    }
}

/// A page of the pack: the draft, the date it prints, the names of its files.
type Read = (Draft, Option<Date>, Vec<String>);

fn page(slug: &str, text: &str) -> Result<Option<Read>, String> {
    if !is_slug(slug) {
        return Err(
            "the file's name is not an address: lower-case letters, digits and single hyphens".to_owned()
        );
    }
    let rest = text.strip_prefix("+++\n").ok_or("the first line must be +++")?;
    let (front, body) = rest.split_once("\n+++\n").ok_or("there is no second line of +++")?;
    let front: Front = toml::from_str(front).map_err(|e| e.to_string())?;
    if front.draft {
        return Ok(None);
    }
    let kind = Kind::from_word(&front.kind).ok_or_else(|| format!("`{}` is no kind of page", front.kind))?;
    let audience = match &front.audience {
        None => Audience::Staff,
        Some(word) => Audience::from_word(word).ok_or_else(|| format!("`{word}` is no audience"))?,
    };
    knowledge::markup::parse(body).map_err(|e| e.to_string())?;
    let memo = front.memo.map(memo).transpose()?;
    let draft = Draft {
        slug: slug.to_owned(),
        base: 0,
        kind,
        parent: front.parent,
        position: front.position,
        target: None,
        language: front.language,
        translation_of: front.translation_of,
        related: front.related,
        review_months: front.review_months,
        title: front.title,
        summary: front.summary,
        audience,
        programmes: front.programmes,
        body: body.to_owned(),
        from: Some(front.effective_from.or(front.updated).unwrap_or(UNDATED)),
        until: front.effective_until,
        memo,
        authors: vec!["pack".to_owned()],
        ..Draft::default()
    };
    Ok(Some((draft, front.updated, front.files)))
}

fn memo(front: FrontMemo) -> Result<Memo, String> {
    let required = front.review.map(|review| Required {
        roles: review.roles.iter().filter_map(|word| Role::from_word(word)).collect(),
        due_days: review.due_days.unwrap_or(DUE_DAYS),
        gate: review.hold_queue,
        ..Required::default()
    });
    Ok(Memo {
        number: front.number,
        issuing_role: front.issuing_role,
        kind: front.kind,
        actions: front.action,
        revises: front.revises,
        forms_introduced: front.forms_introduced,
        forms_revised: front.forms_revised,
        supersedes: front.supersedes,
        required,
        changes: front.change.into_iter().map(change).collect::<Result<_, _>>()?,
        ..Memo::default()
    })
}

/// `kind = "hours"` names weekdays, `kind = "closure"` one closed day.
fn change(front: BTreeMap<String, Value>) -> Result<SettingChange, String> {
    let word = |name: &str| front.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let day =
        |name: &str| word(name).parse::<Date>().map_err(|_| format!("a change needs the date `{name}`"));
    let mut set = BTreeMap::new();
    let from = match word("kind").as_str() {
        "hours" => {
            for name in ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] {
                if let Some(spans) = front.get(name) {
                    set.insert(format!("/{name}"), spans.clone());
                }
            }
            day("from")?
        }
        "closure" => {
            let date = day("date")?;
            set.insert("/holidays/-".to_owned(), json!({"date": date, "name": word("name")}));
            date
        }
        other => return Err(format!("`{other}` is no change that a memo of the pack can carry")),
    };
    let until = if front.contains_key("until") { Some(day("until")?) } else { None };
    Ok(SettingChange { kind: "hours".to_owned(), id: word("id"), from, until, set })
}
