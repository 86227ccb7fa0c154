//! Rules about single lines: the vocabulary, SQL and vendors in the wrong room, sleeping, unfinished work, and
//! addresses that belong to one machine only.

use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use crate::scan::{self, Source, patterns};

/// A line rule: which files, which part of them, what is looked for.
struct Rule {
    applies: fn(&str) -> bool,
    part: Part,
    pattern: &'static LazyLock<Regex>,
    what: &'static str,
    mend: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Rust without comments and strings.
    Code,
    /// Rust without comments.
    CodeAndText,
    Comments,
    Whole,
}

const RULES: &[Rule] = &[
    Rule {
        // The search's bench measures against another engine in its own words.
        applies: |path| {
            let exempt = ["crates/store/", "crates/search/examples/"];
            in_crates(path) && is(path, "rs") && !exempt.iter().any(|room| path.starts_with(room))
        },
        part: Part::CodeAndText,
        pattern: &SQL,
        what: "SQL outside the store",
        mend: "add a method to the Store trait and write it there",
    },
    Rule {
        applies: |path| ["crates/domain/", "crates/engine/src/"].iter().any(|room| path.starts_with(room)),
        part: Part::Whole,
        pattern: &VENDOR,
        what: "a vendor's name where none is known",
        mend: "vendors live in channels and server; use the field's word",
    },
    Rule {
        applies: |path| is(path, "html") && in_crates(path),
        part: Part::Whole,
        pattern: &SCREEN_WORDS,
        what: "a word outside the vocabulary on a screen",
        mend: "see docs/vocabulary.md: interaction, staff member, technician, canned response, wrap-up",
    },
    Rule {
        applies: |path| is(path, "rs"),
        part: Part::Comments,
        pattern: &UNFINISHED,
        what: "a note of unfinished work",
        mend: "finish it, or say what is absent in ARCHITECTURE.md",
    },
    Rule {
        applies: |path| in_crates(path) && ["html", "js", "css"].iter().any(|ext| is(path, ext)),
        part: Part::Whole,
        pattern: &UNFINISHED_COMMENT,
        what: "a note of unfinished work",
        mend: "finish it, or say what is absent in ARCHITECTURE.md",
    },
    Rule {
        applies: |path| is(path, "rs"),
        part: Part::Code,
        pattern: &UNFINISHED_CODE,
        what: "unfinished code",
        mend: "finish it; a case that cannot happen is an error or a type",
    },
    Rule {
        applies: |path| is(path, "rs"),
        part: Part::Code,
        pattern: &IGNORED,
        what: "a test that never runs",
        mend: "make it run, or remove it",
    },
    Rule {
        applies: |path| is(path, "rs") && path != "crates/engine/src/run.rs",
        part: Part::Code,
        pattern: &SLEEP,
        what: "a sleep",
        mend: "wait for a state; only engine::run sleeps",
    },
    Rule {
        applies: |path| path.starts_with("e2e/"),
        part: Part::Whole,
        pattern: &SCRIPT_SLEEP,
        what: "a sleep in a journey",
        mend: "wait for what should appear, with a time limit",
    },
    Rule {
        applies: |path| is(path, "rs"),
        part: Part::Code,
        pattern: &ALLOW,
        what: "a lint switched off silently",
        mend: "use #[expect(..., reason = \"...\")]",
    },
    Rule {
        applies: |path| !path.ends_with("Cargo.lock"),
        part: Part::Whole,
        pattern: &MACHINE,
        what: "an address of one machine or of a registry",
        mend: "use a path from the checkout's top, or the package's name",
    },
    Rule {
        applies: |_| true,
        part: Part::Whole,
        pattern: &CONFLICT,
        what: "a merge left open",
        mend: "resolve it",
    },
];

/// Every finding of the line rules and of the vocabulary in one file.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    let (code, comments) = if source.is("rs") { scan::split(&source.text) } else { Default::default() };
    let mut found = Vec::new();
    for rule in RULES.iter().filter(|rule| (rule.applies)(&source.path)) {
        let text = match rule.part {
            Part::Code => &code,
            Part::Comments => &comments,
            Part::Whole | Part::CodeAndText => &source.text,
        };
        let comments = (rule.part == Part::CodeAndText).then_some(&comments);
        for (at, line) in text.lines().enumerate() {
            let in_comment =
                comments.is_some_and(|all| all.lines().nth(at).is_some_and(|line| !line.trim().is_empty()));
            if !in_comment && rule.pattern.is_match(line) {
                found.push(Finding::new(&source.path, at + 1, rule.what, rule.mend));
            }
        }
    }
    if source.is("rs") && in_crates(&source.path) {
        found.extend(vocabulary(&source.path, &code));
    }
    found
}

/// Identifiers made of words that the field does not use here.
fn vocabulary(path: &str, code: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, line) in code.lines().enumerate() {
        for name in NAME.find_iter(line).map(|found| found.as_str()) {
            if FOREIGN.contains(&name) {
                continue;
            }
            if let Some(word) = words_of(name).into_iter().find(|word| BANNED.contains(&word.as_str())) {
                let what = format!("`{name}` says {word}");
                found.push(Finding::new(path, at + 1, what, "use the word in docs/vocabulary.md"));
            }
        }
    }
    found
}

/// Words of other trades, in the singular and the plural.
const BANNED: &[&str] = &[
    "ticket",
    "tickets",
    "macro",
    "macros",
    "agent",
    "agents",
    "conversation",
    "conversations",
    "disposition",
    "dispositions",
];

/// Names that Rust and HTTP chose.
const FOREIGN: &[&str] = &[
    "macro_rules",
    "macro_use",
    "macro_export",
    "user_agent",
    "USER_AGENT",
    "UserAgent",
    "CONTENT_DISPOSITION",
];

/// `readAgentList` and `READ_AGENT_LIST` as read, agent, list.
fn words_of(name: &str) -> Vec<String> {
    let is_upper = name.chars().all(|sign| !sign.is_lowercase());
    let mut words = vec![String::new()];
    for sign in name.chars() {
        if sign == '_' || (sign.is_uppercase() && !is_upper) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && sign != '_'
        {
            word.extend(sign.to_lowercase());
        }
    }
    words
}

fn is(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

fn in_crates(path: &str) -> bool {
    path.starts_with("crates/")
}

// Patterns are written in pieces where this file would otherwise find itself.
patterns! {
    NAME = r"[A-Za-z_][A-Za-z0-9_]*";
    SQL = r#"\b(?:SELECT\s+[a-z*(]|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)\b|PRAGMA\s+\w)|\brusqlite::"#;
    VENDOR = r"(?i)\b(?:twilio|genesys|vonage|nexmo|plivo|sinch|telnyx|infobip)";
    SCREEN_WORDS = r"(?i)\b(?:tickets?|conversations?|dispositions?|macros?|agents?|after-call work)\b";
    UNFINISHED = concat!(r"\b(?:FIX", r"ME|TO", r"DO|X", r"XX)\b|(?i:\bfor n", r"ow\b|\bstu", r"b\b|not implemented y", r"et)");
    UNFINISHED_COMMENT = concat!(r"(?://|/\*|<!--|\{#).*\b(?:FIX", r"ME|TO", r"DO|X", r"XX)\b");
    UNFINISHED_CODE = concat!(r"\b(?:to", r"do|unimplem", r"ented|dbg)!");
    IGNORED = concat!(r"#\[ig", r"nore");
    SLEEP = concat!(r"\bsl", r"eep\s*\(|\btime::sl", r"eep_until\s*\(");
    SCRIPT_SLEEP = concat!(r"waitForTime", r"out|\bsetTime", r"out\s*\(|\bsl", r"eep\s*\(");
    ALLOW = r"#!?\[allow\(";
    MACHINE = concat!(
        r"(?:^|[^A-Za-z0-9_.])/(?:work|farm)/|\.\./shar", r"ed/|/tmp/(?:bash_jobs|team)|deb\.debian", r"\.org|(?:index|static)\.crates", r"\.io|py",
        r"pi\.org|registry\.npm", r"js"
    );
    CONFLICT = r"^(?:<<<<<<<|>>>>>>>) ";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let source = Source { path: path.into(), text: text.into() };
        check(&source).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn sql_belongs_to_the_store() {
        let text = "let q = \"SELECT id FROM people\";";
        assert!(found("crates/web/src/a.rs", text)[0].starts_with("crates/web/src/a.rs:1: SQL"));
        assert!(found("crates/store/src/a.rs", text).is_empty());
        assert!(found("crates/web/src/a.rs", "// UPDATE people SET is the store's\n").is_empty());
    }

    #[test]
    fn vendors_stay_out_of_the_heart() {
        assert_eq!(found("crates/domain/src/a.rs", "struct TwilioReply;").len(), 1);
        assert!(found("crates/channels/src/a.rs", "struct TwilioReply;").is_empty());
    }

    #[test]
    fn the_vocabulary_is_kept_in_names_not_in_text() {
        assert_eq!(found("crates/web/src/a.rs", "fn next_agent() {}").len(), 1);
        assert_eq!(found("crates/web/src/a.rs", "struct AgentList;").len(), 1);
        assert!(found("crates/web/src/a.rs", "let u = USER_AGENT; let s = \"agent\"; // agent").is_empty());
        assert!(found("crates/web/src/a.rs", "let reagents = 1;").is_empty());
        assert_eq!(found("crates/web/templates/a.html", "<p>Your ticket</p>").len(), 1);
    }

    #[test]
    fn unfinished_work_is_told() {
        let note = concat!("// TO", "DO later\n");
        assert_eq!(found("crates/web/src/a.rs", note).len(), 1);
        assert_eq!(found("crates/web/src/a.rs", concat!("fn a() { to", "do!() }")).len(), 1);
        assert!(found("crates/web/src/a.rs", concat!("let s = \"TO", "DO bien\";")).is_empty());
        assert_eq!(found("crates/web/static/a.js", note).len(), 1);
    }

    #[test]
    fn sleeping_and_ignoring_are_told() {
        let sleep = concat!("tokio::time::sl", "eep(one).await;");
        assert_eq!(found("crates/web/tests/it/a.rs", sleep).len(), 1);
        assert!(found("crates/engine/src/run.rs", sleep).is_empty());
        assert_eq!(found("crates/web/src/a.rs", concat!("#[ig", "nore]")).len(), 1);
        assert_eq!(found("e2e/tests/a.test.mjs", concat!("await page.waitForTime", "out(5)")).len(), 1);
        assert_eq!(found("crates/web/src/a.rs", "#[allow(dead_code)]").len(), 1);
    }

    #[test]
    fn addresses_of_one_machine_are_told() {
        assert_eq!(found("README.md", concat!("see /wo", "rk/main")).len(), 1);
        assert!(found("README.md", concat!("after-contact/wo", "rk/list")).is_empty());
        assert_eq!(found("a.json", concat!("https://registry.npm", "js.example")).len(), 1);
    }
}
