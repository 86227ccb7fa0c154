//! Names of persons become roles: those in the map wherever they stand, and the sender of a memo in any case. Every
//! other word stays.

use std::sync::LazyLock;

use regex::{NoExpand, Regex};

use super::memo::{self, Part};
use super::outline::{self, Node};
use super::types::{MemoHead, Notice, NoticeKind};

/// Which role stands for which name.
#[derive(Debug, Clone, Default)]
pub struct RoleMap {
    names: Vec<(Regex, String)>,
}

impl RoleMap {
    /// A map without names.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a name and the role that stands for it. Capitals and the spaces between the parts of the name make no
    /// difference. An empty name is not added.
    pub fn insert(&mut self, name: &str, role: &str) {
        let parts: Vec<String> = name.split_whitespace().map(regex::escape).collect();
        if parts.is_empty() {
            return;
        }
        let edge = |letter: Option<char>| if letter.is_some_and(char::is_alphanumeric) { r"\b" } else { "" };
        let (first, last) = (edge(name.trim().chars().next()), edge(name.trim().chars().next_back()));
        let pattern = format!("(?i){first}{}{last}", parts.join(r"\s+"));
        if let Ok(pattern) = Regex::new(&pattern) {
            self.names.push((pattern, role.trim().to_owned()));
            // The longest first, so that a name within another does not spoil it.
            self.names.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.as_str().len()));
        }
    }

    /// Whether it has no names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The text with the names of the map replaced.
    #[must_use]
    pub fn replace(&self, text: &str) -> String {
        self.counted(text).0
    }

    pub(super) fn counted(&self, text: &str) -> (String, usize) {
        let mut text = text.to_owned();
        let mut count = 0;
        for (pattern, role) in &self.names {
            let found = pattern.find_iter(&text).count();
            if found > 0 {
                count += found;
                text = pattern.replace_all(&text, NoExpand(role)).into_owned();
            }
        }
        (text, count)
    }

    /// Replaces names in a document and leaves its line of initials out.
    pub(super) fn apply(&self, part: &mut Part, notices: &mut Vec<Notice>) {
        let title = self.replace(part.title.as_deref().unwrap_or_default());
        let mut count = 0;
        outline::each_text(&mut part.nodes, &mut |text| {
            let (replaced, found) = self.counted(text);
            if found > 0 {
                count += found;
                *text = replaced;
            }
        });
        if let Some(head) = &mut part.head {
            self.head(head, &title, notices);
            drop_initials(&mut part.nodes, &title, notices);
            for action in &mut head.actions {
                *action = self.replace(action);
            }
        }
        if count > 0 {
            notices.push(Notice { line: None, kind: NoticeKind::Replaced { title, count } });
        }
    }

    fn head(&self, head: &mut MemoHead, title: &str, notices: &mut Vec<Notice>) {
        head.subject = self.replace(&head.subject);
        for (label, value) in &mut head.head {
            if label == "FROM:" {
                let (role, notice) = self.sender(value, label, title);
                notices.extend(notice.map(|kind| Notice { line: None, kind }));
                head.from_role.clone_from(&role);
                *value = role;
            } else {
                *value = self.replace(value);
            }
        }
        for list in [&mut head.attachments, &mut head.forms_revised, &mut head.forms_introduced] {
            list.iter_mut().for_each(|value| *value = self.replace(value));
        }
    }

    /// The role of a sender, and what to say about it.
    pub(super) fn sender(&self, value: &str, label: &str, title: &str) -> (String, Option<NoticeKind>) {
        if let Some((_, role)) = self.names.iter().find(|(pattern, _)| pattern.is_match(value)) {
            return (role.clone(), None);
        }
        let label = label.trim_end_matches(':').to_owned();
        let title = title.to_owned();
        match value.split_once(',') {
            Some((name, role)) if !role.trim().is_empty() && is_name(name) => {
                let role = calm(role.trim());
                (role.clone(), Some(NoticeKind::Name { label, title, role }))
            }
            _ if is_name(value) && !has_role(value) => {
                (value.to_owned(), Some(NoticeKind::NoRole { label, title }))
            }
            _ => (calm(value), None),
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for RoleMap {
    /// A map of names and roles.
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(pairs: T) -> Self {
        let mut map = Self::new();
        pairs.into_iter().for_each(|(name, role)| map.insert(name, role));
        map
    }
}

static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:\p{Lu}[\p{L}’'.-]*\s+){1,4}\p{Lu}[\p{L}’'.-]*\s*$").ok());

fn is_name(text: &str) -> bool {
    NAME.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Words that a role or an office has and a person's name has not.
fn has_role(text: &str) -> bool {
    const ROLES: &[&str] = &[
        "director",
        "manager",
        "coordinator",
        "supervisor",
        "administrator",
        "chief",
        "officer",
        "division",
        "unit",
        "department",
        "office",
        "deputy",
        "section",
        "staff",
        "bureau",
        "team",
        "policy",
    ];
    let text = text.to_lowercase();
    ROLES.iter().any(|role| text.contains(role))
}

/// `DIRECTOR` becomes `Director`; text that is not all capitals stays.
fn calm(text: &str) -> String {
    if text.chars().any(char::is_lowercase) {
        return text.to_owned();
    }
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_string() + &letters.as_str().to_lowercase()).unwrap_or_default()
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Leaves out the line of initials among the last lines of a memo.
fn drop_initials(nodes: &mut Vec<Node>, title: &str, notices: &mut Vec<Notice>) {
    let from = nodes.len().saturating_sub(4);
    let is = |node: &Node| node.line().is_some_and(|line| memo::is_initials(&line));
    if let Some(at) = nodes.iter().enumerate().skip(from).find(|(_, node)| is(node)).map(|(at, _)| at) {
        nodes.remove(at);
        notices.push(Notice { line: None, kind: NoticeKind::Initials { title: title.to_owned() } });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_become_roles() {
        let map = RoleMap::from_iter([("Pat Example", "Division director"), ("J. Example Jr.", "a keeper")]);
        assert_eq!(
            map.replace("Ask J.  Example Jr. or PAT EXAMPLE’s desk"),
            "Ask a keeper or Division director’s desk"
        );
        let sender = |map: &RoleMap, value: &str| map.sender(value, "FROM:", "AB-1").0;
        assert_eq!(sender(&map, "PAT  EXAMPLE, DIRECTOR"), "Division director");
        assert_eq!(sender(&RoleMap::new(), "PAT EXAMPLE, DEPUTY DIRECTOR"), "Deputy Director");
        assert_eq!(sender(&RoleMap::new(), "Policy Unit, Central Office"), "Central Office");
        assert_eq!(sender(&RoleMap::new(), "Division Director"), "Division Director");
        assert!(matches!(map.sender("Kim Unknown", "FROM:", "x").1, Some(NoticeKind::NoRole { .. })));
        assert_eq!(
            map.replace("email Pat Example and pat\u{a0}example, not Pat Examples"),
            "email Division director and Division director, not Pat Examples"
        );
    }
}
