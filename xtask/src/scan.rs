//! Reading the project's own text: which files there are, what in a Rust file is code, which functions are tests.
//!
//! It trusts rustfmt: a function ends at the first closing brace indented as its own line is. No parser is needed then,
//! and a file that does not compile can still be read.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Folders that hold nothing written by hand, from the checkout's top.
const SKIPPED: &[&str] = &["data", "demo-data", "e2e/out", "crates/web/static/vendor"];

/// Folders of that kind wherever they lie.
const SKIPPED_ANYWHERE: &[&str] = &[".git", "target", "node_modules", "__pycache__", ".venv"];

/// One text file of the project.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// From the checkout's top, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// Whether the file is written for tests alone.
    pub(crate) fn is_test_file(&self) -> bool {
        let endings = ["tests.rs", "_test.rs", "fixture.rs", "fixtures.rs"];
        self.path.contains("/tests/")
            || self.path.starts_with("e2e/")
            || endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// The part of a Rust file before its `#[cfg(test)] mod ...`; the whole of any other file.
    pub(crate) fn without_tests(&self) -> &str {
        let inner = UNIT_TESTS.find(&self.text).map(|found| found.start());
        inner.and_then(|end| self.text.get(..end)).unwrap_or(&self.text)
    }
}

/// A test and what stands directly above it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TestCase {
    /// The function's name, or a browser journey's title.
    pub(crate) name: String,
    /// Comments and attributes above, then the whole body.
    pub(crate) text: String,
}

/// Every text file that belongs to the project, in path order. Files that are no UTF-8 are pictures and the like.
///
/// # Errors
/// When a folder cannot be listed.
pub(crate) fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if SKIPPED.contains(&relative.as_str()) || SKIPPED_ANYWHERE.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push(Source { path: relative, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The tests of a file: Rust functions under a test attribute, or the journeys of a browser test.
pub(crate) fn tests(source: &Source) -> Vec<TestCase> {
    if source.is("rs") {
        rust_tests(&source.text)
    } else if source.path.ends_with(".test.mjs") {
        journeys(&source.text)
    } else {
        Vec::new()
    }
}

fn rust_tests(text: &str) -> Vec<TestCase> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = FUNCTION.captures(line).and_then(|groups| groups.get(1)) else { continue };
        let above = lines.get(..at).unwrap_or_default();
        let first = above.iter().rposition(|line| !belongs_above(line)).map_or(0, |last| last + 1);
        let head = above.get(first..).unwrap_or_default();
        if head.iter().any(|line| TEST_ATTRIBUTE.is_match(line)) {
            let body = block(lines.get(at..).unwrap_or_default());
            found.push(TestCase { name: name.as_str().to_owned(), text: [head, body].concat().join("\n") });
        }
    }
    found
}

/// Comments and attributes, and the inner lines of an attribute that was wrapped.
fn belongs_above(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") || line.starts_with('#') || line.starts_with(")]") || line.starts_with("case")
}

/// The lines up to the closing brace that is indented as the first line is.
fn block<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let indent = lines.first().map_or(0, |line| line.len() - line.trim_start().len());
    let end = lines.iter().position(|line| {
        line.len() - line.trim_start().len() == indent && line.trim_start().starts_with('}')
    });
    // A body on one line ends where it begins.
    let end = if lines.first().is_some_and(|line| line.trim_end().ends_with('}')) { Some(0) } else { end };
    lines.get(..=end.unwrap_or(lines.len().saturating_sub(1))).unwrap_or(lines)
}

fn journeys(text: &str) -> Vec<TestCase> {
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, JOURNEY.captures(line)?.get(2)?.as_str())));
    starts
        .map(|(at, name)| {
            let above = lines.get(..at).unwrap_or_default();
            let first = above
                .iter()
                .rposition(|line| !line.trim_start().starts_with("//"))
                .map_or(0, |last| last + 1);
            let parts = [above.get(first..).unwrap_or_default(), block(lines.get(at..).unwrap_or_default())];
            TestCase { name: name.to_owned(), text: parts.concat().join("\n") }
        })
        .collect()
}

/// A Rust file split in two texts of the same lines: code without comments and without the insides of strings, and
/// the comments alone.
pub(crate) fn split(text: &str) -> (String, String) {
    let (mut code, mut comments) = (String::new(), String::new());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (length, kind) = token(rest, next);
        let (piece, after) = rest.split_at(length);
        let blank: String = piece.chars().map(|sign| if sign == '\n' { '\n' } else { ' ' }).collect();
        match kind {
            Kind::Code => {
                code.push_str(piece);
                comments.push_str(&blank);
            }
            Kind::Comment => {
                code.push_str(&blank);
                comments.push_str(piece);
            }
            Kind::Text => {
                code.push_str(&blank);
                comments.push_str(&blank);
            }
        }
        rest = after;
    }
    (code, comments)
}

enum Kind {
    Code,
    Comment,
    Text,
}

/// How many bytes the token at the start of `rest` takes, and what it is.
fn token(rest: &str, next: char) -> (usize, Kind) {
    for (pattern, kind) in
        [(&*COMMENT, Kind::Comment), (&*RAW_TEXT, Kind::Text), (&*TEXT, Kind::Text), (&*SIGN, Kind::Text)]
    {
        if let Some(found) = pattern.find(rest) {
            return (found.end(), kind);
        }
    }
    // A name is taken whole, so that the `r` at the end of one is not read as the start of a raw string.
    (NAME.find(rest).map_or(next.len_utf8(), |found| found.end()), Kind::Code)
}

/// Named patterns, each compiled once.
macro_rules! patterns {
    ($($name:ident = $pattern:expr;)+) => {
        $(static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a literal pattern compiles"));)+
    };
}
pub(crate) use patterns;

patterns! {
    COMMENT = r"\A(?://[^\n]*|/\*(?s:.*?)\*/)";
    RAW_TEXT = r###"\Ab?r(?:"[^"]*"|#"(?s:.*?)"#|##"(?s:.*?)"##)"###;
    TEXT = r#"\A[bc]?"(?:[^"\\]|\\(?s:.))*""#;
    SIGN = r"\Ab?'(?:[^'\\\n]|\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}|.))'";
    NAME = r"\A[A-Za-z_][A-Za-z0-9_]*";
    FUNCTION = r"^\s*(?:pub(?:\([a-z]+\))? )?(?:async )?fn ([a-z0-9_]+)";
    TEST_ATTRIBUTE = r"^\s*#\[(?:[a-z_]+::)*test\b";
    UNIT_TESTS = r"(?m)^#\[cfg\(test\)\]\s*\nmod [a-z_]+ \{";
    JOURNEY = r#"^\s*(test|it)\(\s*["'`](.*?)["'`]\s*,"#;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_comments_are_told_apart() {
        let (code, comments) =
            split("let a = \"// no\"; // yes 'x'\nlet b = '\"'; /* two\nlines */ go(r#\"un\"der\"#);");
        assert!(code.contains("let a =") && code.contains("let b =") && code.contains("go("));
        assert!(!code.contains("no") && !code.contains("yes") && !code.contains("der"));
        assert!(comments.contains("yes") && comments.contains("lines") && !comments.contains("no"));
        assert_eq!(code.lines().count(), 3);
    }

    #[test]
    fn lifetimes_are_no_signs() {
        let (code, _) = split("fn first<'a>(of: &'a str) -> &'a str { of }");
        assert!(code.contains("-> &'a str { of }"), "{code}");
    }

    #[test]
    fn tests_are_found_with_what_stands_above_and_within() {
        let text = "/// SMS-GEN-1\n#[tokio::test]\nasync fn one() {\n    // SMS-GEN-2\n}\n\nfn helper() {\n    // SMS-GEN-3\n}\n";
        let found = rust_tests(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "one");
        assert!(found[0].text.contains("SMS-GEN-1") && found[0].text.contains("SMS-GEN-2"));
        assert!(!found[0].text.contains("SMS-GEN-3"));
    }

    #[test]
    fn properties_and_journeys_count_as_tests() {
        let property =
            "proptest! {\n    #[test]\n    fn never_panics(text in any()) {\n        go(text)?;\n    }\n}\n";
        assert_eq!(rust_tests(property)[0].name, "never_panics");
        let journey = "// SMS-END-1\ntest(\"a text is answered\", async () => {\n  await go();\n});\ntest('b', async () => {\n});\n";
        let found = journeys(journey);
        assert_eq!((found[0].name.as_str(), found.len()), ("a text is answered", 2));
        assert!(found[0].text.contains("SMS-END-1") && found[0].text.contains("go()"));
    }

    #[test]
    fn unit_tests_are_cut_off() {
        let source =
            Source { path: "a.rs".into(), text: "fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n".into() };
        assert_eq!(source.without_tests(), "fn a() {}\n\n");
    }
}
