//! Where a link may lead: the web, a mailbox, a telephone, a page of ours, a place on this page, an attachment.
//! Everything else is refused by being unknown, not by being on a list of bad ones.

use super::limits::MAX_ANCHOR;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An address that begins with `http://` or `https://`.
    Web(String),
    /// A mailbox; the address without `mailto:`.
    Mail(String),
    /// A telephone; the number without `tel:`.
    Phone(String),
    /// A page of the knowledge base, `kb:slug` or `kb:slug#anchor`.
    Page {
        /// The page.
        slug: String,
        /// The place on it.
        anchor: Option<String>,
    },
    /// A place on the same page, `#anchor`.
    Here(String),
    /// An attachment, `file:NAME`; the name without folders.
    File(String),
    /// None of these. Shown as its words alone.
    Refused {
        /// What was written.
        address: String,
        /// Why it leads nowhere.
        why: Refused,
    },
}

/// Why an address leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It begins with something else than the schemes that are allowed.
    #[error("only http, https, mailto, tel, kb, file and #anchor can be linked")]
    Scheme,
    /// The scheme is allowed, what follows is not an address of it.
    #[error("this is not an address of its kind")]
    Form,
}

impl Target {
    /// Reads an address as it stands in a link.
    #[must_use]
    pub fn read(address: &str) -> Self {
        let trimmed = address.trim();
        let refused = |why| Self::Refused { address: trimmed.to_owned(), why };
        if trimmed.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '<' | '>' | '"'))
        {
            return refused(if has_known_scheme(trimmed) { Refused::Form } else { Refused::Scheme });
        }
        if let Some(anchor) = trimmed.strip_prefix('#') {
            return if is_anchor(anchor) { Self::Here(anchor.to_owned()) } else { refused(Refused::Form) };
        }
        let Some((scheme, rest)) = trimmed.split_once(':') else { return refused(Refused::Scheme) };
        let read = match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => web(trimmed, rest),
            "mailto" => is_mail(rest).then(|| Self::Mail(rest.to_owned())),
            "tel" => is_phone(rest).then(|| Self::Phone(rest.to_owned())),
            "kb" => page(rest),
            "file" => is_file(rest).then(|| Self::File(rest.to_owned())),
            _ => return refused(Refused::Scheme),
        };
        read.unwrap_or_else(|| refused(Refused::Form))
    }

    /// The address as it is written in a page.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Web(address) | Self::Refused { address, .. } => address.clone(),
            Self::Mail(address) => format!("mailto:{address}"),
            Self::Phone(number) => format!("tel:{number}"),
            Self::Page { slug, anchor: None } => format!("kb:{slug}"),
            Self::Page { slug, anchor: Some(anchor) } => format!("kb:{slug}#{anchor}"),
            Self::Here(anchor) => format!("#{anchor}"),
            Self::File(name) => format!("file:{name}"),
        }
    }
}

fn has_known_scheme(address: &str) -> bool {
    let scheme = address.split(':').next().unwrap_or_default().to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel" | "kb" | "file")
}

fn web(whole: &str, rest: &str) -> Option<Target> {
    let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let begins_well = host.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '[');
    begins_well.then(|| Target::Web(whole.to_owned()))
}

fn page(rest: &str) -> Option<Target> {
    let (slug, anchor) = match rest.split_once('#') {
        Some((slug, anchor)) => (slug, Some(anchor)),
        None => (rest, None),
    };
    let fine = is_slug(slug) && anchor.is_none_or(is_anchor);
    fine.then(|| Target::Page { slug: slug.to_owned(), anchor: anchor.map(str::to_owned) })
}

fn is_slug(text: &str) -> bool {
    text.len() <= MAX_ANCHOR * 2
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Whether the word can be an anchor: letters, digits and `. _ : -`, beginning with a letter or digit.
pub(crate) fn is_anchor(text: &str) -> bool {
    text.len() <= MAX_ANCHOR
        && text.starts_with(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

fn is_mail(text: &str) -> bool {
    let address = text.split('?').next().unwrap_or_default();
    address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.starts_with(|c: char| c.is_ascii_alphanumeric()) && !host.contains('@')
    })
}

fn is_phone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 3
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '(' | ')' | ';' | ',' | '='))
}

fn is_file(name: &str) -> bool {
    name.len() <= MAX_ANCHOR * 2
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !name.contains("..")
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,hello",
            "vbscript:x",
            "//elsewhere.example/x",
            "/kb/other",
            "other.html",
            "file:../../etc/passwd",
            "file:/etc/passwd",
            "file:a/b",
            "kb:../x",
            "http:foo",
            "https://",
            "http://\"onmouseover=x",
            "mailto:",
            "mailto:@",
            "tel:javascript",
            "blob:https://x",
            "\u{1}javascript:alert(1)",
            "",
        ] {
            assert!(matches!(Target::read(address), Target::Refused { .. }), "{address:?}");
        }
    }

    #[test]
    fn what_is_known_keeps_its_address() {
        for address in [
            "https://agency.example/a?b=c#d",
            "http://agency.example",
            "mailto:questions@agency.example",
            "tel:1-800-555-0100",
            "kb:live-chat",
            "kb:live-chat#greeting",
            "#greeting",
            "file:9f86d081884c7d65.png",
        ] {
            let target = Target::read(address);
            assert!(!matches!(target, Target::Refused { .. }), "{address:?}");
            assert_eq!(target.address(), address);
        }
    }
}
