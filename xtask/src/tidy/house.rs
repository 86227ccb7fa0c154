//! Rules about files and rooms: sizes, module heads, who may import whom, and files that nothing uses.

use super::Finding;
use crate::scan::{Source, patterns};

/// Longer files cannot be read at once.
const MOST_LINES: usize = 800;

/// Which of our crates each room may import, and which outside crates it never may. ARCHITECTURE.md says why.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("domain", &[], &["tokio", "async-trait", "axum", "rusqlite", "reqwest", "getrandom", "tracing"]),
    ("channels", &["domain"], &["tokio", "async-trait", "axum", "rusqlite", "reqwest"]),
    ("store", &["domain"], &["axum", "reqwest"]),
    ("knowledge", &[], &["tokio", "async-trait", "axum", "rusqlite", "reqwest"]),
    ("search", &["knowledge"], &["tokio", "axum", "reqwest"]),
    ("engine", &["domain", "channels", "store", "knowledge"], &["axum", "rusqlite", "reqwest", "lettre"]),
    ("web", &["domain", "channels", "engine", "store", "knowledge"], &["rusqlite", "reqwest", "lettre"]),
    ("server", &["domain", "channels", "store", "engine", "knowledge", "search", "web"], &["rusqlite"]),
    ("sim", &["domain", "channels", "engine", "store"], &["axum", "rusqlite", "reqwest", "lettre"]),
    ("xtask", &[], &[]),
];

/// Rooms whose tests must not build a database driver.
const WITHOUT_DRIVER: &[&str] = &["domain", "channels", "engine", "sim", "web"];

/// Rules that one file is enough for.
pub(super) fn file(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let lines = source.text.lines().count();
    if ["rs", "html", "js", "mjs", "css"].iter().any(|extension| source.is(extension)) && lines > MOST_LINES {
        let what = format!("{lines} lines, at most {MOST_LINES}");
        found.push(Finding::new(&source.path, lines, what, "split it by what it owns"));
    }
    let is_module = source.is("rs") && source.path.contains("/src/");
    if is_module && !source.text.starts_with("//!") {
        let mend = "begin with //!: what it owns, what it does not, how to add one";
        found.push(Finding::new(&source.path, 1, "a module without a head", mend));
    }
    if is_second_test_binary(&source.path) {
        found.push(Finding::new(
            &source.path,
            1,
            "a second test binary",
            "make it a module of tests/it/main.rs",
        ));
    }
    if source.path.ends_with("nextest.toml") && source.text.lines().any(|line| line.starts_with("retries")) {
        found.push(Finding::new(
            &source.path,
            1,
            "tests are tried again",
            "a test that fails at times is mended",
        ));
    }
    found
}

/// `crates/x/tests/y.rs`: each such file is linked on its own, which costs every build.
fn is_second_test_binary(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["crates", _, "tests", file] if file.ends_with(".rs"))
}

/// Holds every crate's manifest against the table of rooms.
pub(super) fn rooms(sources: &[Source]) -> Vec<Finding> {
    let ours: Vec<&str> = ROOMS.iter().map(|(name, ..)| *name).collect();
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| is_manifest(&source.path)) {
        let Ok(manifest) = source.text.parse::<toml::Table>() else {
            found.push(Finding::new(&source.path, 1, "not valid TOML", "mend it"));
            continue;
        };
        let name = source.path.trim_end_matches("/Cargo.toml").trim_start_matches("crates/");
        let Some((_, may, never)) = ROOMS.iter().find(|(room, ..)| *room == name) else {
            let mend = "write its reason in docs/decisions/ and its row in xtask/src/tidy/house.rs";
            found.push(Finding::new(&source.path, 1, format!("`{name}` is a room nobody knows"), mend));
            continue;
        };
        for (dependency, value) in dependencies(&manifest) {
            let line = line_of(&source.text, dependency);
            let foreign = ours.contains(&dependency) && !may.contains(&dependency) && dependency != name;
            if foreign || never.contains(&dependency) {
                let what = format!("`{name}` imports `{dependency}`");
                found.push(Finding::new(
                    &source.path,
                    line,
                    what,
                    "see the table of rooms in ARCHITECTURE.md",
                ));
            }
            if dependency == "store" && WITHOUT_DRIVER.contains(&name) && value.to_string().contains("sqlite")
            {
                let what = format!("`{name}` builds the database driver");
                found.push(Finding::new(&source.path, line, what, "use the memory store"));
            }
        }
        if !source.text.contains("[lints]\nworkspace = true") {
            let mend = "add `[lints]` with `workspace = true`";
            found.push(Finding::new(&source.path, 1, "the workspace's lints do not apply", mend));
        }
    }
    found
}

fn is_manifest(path: &str) -> bool {
    path.ends_with("/Cargo.toml") && (path.starts_with("crates/") || path.starts_with("xtask/"))
}

fn dependencies(manifest: &toml::Table) -> Vec<(&str, &toml::Value)> {
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = tables.iter().filter_map(|name| manifest.get(*name)?.as_table());
    tables.flatten().map(|(name, value)| (name.as_str(), value)).collect()
}

fn line_of(text: &str, name: &str) -> usize {
    text.lines().position(|line| line.starts_with(name)).map_or(1, |at| at + 1)
}

/// Templates and own static files that no code, template or sheet names.
pub(super) fn unused_files(sources: &[Source]) -> Vec<Finding> {
    let web = |source: &&Source| {
        source.path.starts_with("crates/web/") || source.path.starts_with("crates/server/")
    };
    let mut names = std::collections::BTreeSet::new();
    for source in sources.iter().filter(web) {
        let lines = source.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        names.extend(lines.flat_map(|line| FILE_NAME.find_iter(line)).map(|found| found.as_str().to_owned()));
    }
    let mut found = Vec::new();
    for source in sources.iter().filter(web) {
        let template = source.path.strip_prefix("crates/web/templates/");
        let fixed = source.path.strip_prefix("crates/web/static/");
        let is_named =
            |short: &str| names.iter().any(|name| name == short || name.ends_with(&format!("/{short}")));
        if template.or(fixed).is_some_and(|short| !is_named(short)) {
            found.push(Finding::new(
                &source.path,
                1,
                "a file that nothing uses",
                "name it where it belongs, or remove it",
            ));
        }
    }
    found
}

patterns! {
    FILE_NAME = r"[A-Za-z0-9_./-]+\.(?:html|txt|xml|css|js|svg|json|webmanifest|mp3|wav)";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn rooms_keep_to_their_table() {
        let manifest =
            "[dependencies]\nweb.workspace = true\ntokio.workspace = true\n[lints]\nworkspace = true\n";
        let found = rooms(&[source("crates/domain/Cargo.toml", manifest)]);
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(
            lines.iter().any(|line| line.starts_with("crates/domain/Cargo.toml:2: `domain` imports `web`"))
        );
        assert!(rooms(&[source("crates/server/Cargo.toml", manifest)]).is_empty());
        assert_eq!(rooms(&[source("crates/gossip/Cargo.toml", manifest)]).len(), 1);
    }

    #[test]
    fn a_driver_in_the_engines_tests_is_told() {
        let manifest = "[dev-dependencies]\nstore = { workspace = true, features = [\"sqlite\"] }\n[lints]\nworkspace = true\n";
        assert_eq!(rooms(&[source("crates/engine/Cargo.toml", manifest)]).len(), 1);
        assert!(rooms(&[source("crates/server/Cargo.toml", manifest)]).is_empty());
    }

    #[test]
    fn sizes_heads_and_test_binaries_are_checked() {
        assert_eq!(file(&source("crates/web/static/a.css", &"a {}\n".repeat(801))).len(), 1);
        assert!(file(&source("crates/web/static/a.css", &"a {}\n".repeat(800))).is_empty());
        assert_eq!(file(&source("crates/web/src/a.rs", "fn a() {}\n")).len(), 1);
        assert_eq!(file(&source("crates/web/tests/second.rs", "fn a() {}\n")).len(), 1);
        assert!(file(&source("crates/web/tests/it/main.rs", "fn a() {}\n")).is_empty());
    }

    #[test]
    fn unused_templates_are_told() {
        let code = source("crates/web/src/a.rs", "#[template(path = \"desk/card.html\")]");
        let used = source("crates/web/templates/desk/card.html", "{% include \"part.html\" %}");
        let part = source("crates/web/templates/part.html", "");
        let lost = source("crates/web/templates/desk/lost.html", "");
        let found = unused_files(&[code, used, part, lost]);
        assert_eq!(found.len(), 1);
        assert!(found[0].to_string().contains("lost.html"));
    }
}
