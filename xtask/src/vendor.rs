//! The front-end packages: fetched once by npm at the versions of `package-lock.json`, then laid out under
//! `crates/web/static/vendor/`, which the web crate embeds. Nothing is ever loaded from another server.
//!
//! It owns that folder whole: it is emptied and written anew when the lock file, the style sheet's source or this
//! file changed, and left alone otherwise. To use one more file of a package: one line in [`FILES`].

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use regex::Regex;

use crate::shell;

const SHEET: &str = "xtask/vendor/uswds.scss";
const FONT_LICENCE: &str = "xtask/vendor/OFL-1.1.txt";
const FOLDER: &str = "crates/web/static/vendor";
const USWDS: &str = "node_modules/@uswds/uswds";

/// Files copied as they are: from the packages, to the vendor folder.
const FILES: &[(&str, &str)] = &[
    ("node_modules/htmx.org/dist/htmx.min.js", "htmx.min.js"),
    ("node_modules/@uswds/uswds/dist/img/sprite.svg", "img/sprite.svg"),
];

/// Fetches the packages if needed and lays out the vendor folder if needed.
///
/// # Errors
/// When npm or the style sheet compiler fails, or a file that should be there is not.
pub(crate) fn prepare(root: &Path) -> Result<()> {
    let mark = mark(root)?;
    if !is_current(root, &mark) {
        packages(root)?;
        lay_out(root)?;
        write(&stamp(root), &mark)?;
        println!("front-end packages are laid out in {FOLDER}");
    }
    Ok(())
}

/// Installs the locked packages, without running any script of theirs.
///
/// # Errors
/// When npm fails: usually no network at the first start.
pub(crate) fn packages(root: &Path) -> Result<()> {
    let mark = hash(&[&fs::read(root.join("package-lock.json")).context("package-lock.json")?]);
    let stamp = shell::target(root).join("xtask/npm.stamp");
    if root.join(USWDS).is_dir() && fs::read_to_string(&stamp).is_ok_and(|old| old == mark) {
        return Ok(());
    }
    println!("fetching the pinned front-end packages (npm ci) ...");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    shell::check(npm.current_dir(root))
        .context("the packages are needed once; later starts work without a network")?;
    write(&stamp, &mark)
}

fn lay_out(root: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {FOLDER}"))?;
    }
    for (from, to) in FILES {
        copy(&root.join(from), &folder.join(to))?;
    }
    let sheet = compile_sheet(root)?;
    for name in referenced(&sheet)? {
        copy(&root.join(USWDS).join("dist").join(&name), &folder.join(&name))?;
    }
    write(&folder.join("uswds.min.css"), &sheet)?;
    write(&folder.join("LICENSES.txt"), &licences(root)?)
}

fn compile_sheet(root: &Path) -> Result<String> {
    println!("compiling the style sheet ...");
    let packages = format!("--load-path={USWDS}/packages");
    let arguments = [
        "node_modules/sass/sass.js",
        "--style=compressed",
        "--no-source-map",
        "--quiet",
        packages.as_str(),
        SHEET,
    ];
    shell::read("node", &arguments, root).context("the style sheet does not compile")
}

/// Every font and picture that the compiled sheet names, so that none is missing and none is shipped unused.
fn referenced(sheet: &str) -> Result<BTreeSet<PathBuf>> {
    let url = Regex::new(r#"url\("?([^")]+)"?\)"#)?;
    let names = url.captures_iter(sheet).filter_map(|found| found.get(1)).map(|found| found.as_str());
    let names: BTreeSet<PathBuf> =
        names.filter(|name| !name.starts_with("data:")).map(PathBuf::from).collect();
    for name in &names {
        if !name.starts_with("fonts") && !name.starts_with("img") {
            bail!("the style sheet names {}, which lies outside fonts/ and img/", name.display());
        }
    }
    Ok(names)
}

fn licences(root: &Path) -> Result<String> {
    let parts = [
        ("htmx 4 and its event-stream extension", "node_modules/htmx.org/LICENSE"),
        ("U.S. Web Design System: style sheet, fonts and icons", "node_modules/@uswds/uswds/LICENSE.md"),
        ("SIL Open Font License 1.1 (Public Sans)", FONT_LICENCE),
        ("Apache License 2.0 (Roboto Mono, Material icons)", "LICENSE-APACHE"),
    ];
    let mut all = String::from("Licences of the files in this folder, and the works they cover.\n");
    for (title, file) in parts {
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))?;
        let rule = "=".repeat(title.chars().count());
        all.push_str(&format!("\n\n{rule}\n{title}\n{rule}\n\n{}\n", text.trim_end()));
    }
    Ok(all)
}

/// What the folder depends on, as one number in text.
fn mark(root: &Path) -> Result<String> {
    let mut parts = vec![include_bytes!("vendor.rs").to_vec()];
    for file in ["package-lock.json", SHEET, FONT_LICENCE] {
        parts.push(fs::read(root.join(file)).with_context(|| format!("cannot read {file}"))?);
    }
    Ok(hash(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn is_current(root: &Path, mark: &str) -> bool {
    let all_there = FILES.iter().map(|(_, to)| *to).chain(["uswds.min.css", "LICENSES.txt"]);
    fs::read_to_string(stamp(root)).is_ok_and(|old| old == mark)
        && all_there.into_iter().all(|name| root.join(FOLDER).join(name).is_file())
}

fn stamp(root: &Path) -> PathBuf {
    shell::target(root).join("xtask/vendor.stamp")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    make_folder_of(to)?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

fn write(to: &Path, text: &str) -> Result<()> {
    make_folder_of(to)?;
    fs::write(to, text).with_context(|| format!("cannot write {}", to.display()))
}

fn make_folder_of(file: &Path) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_the_sheet_names_is_found() {
        let sheet = r#"a{b:url("img/x.svg")}c{d:url(fonts/public-sans/p.woff2) format("woff2")}e{f:url("")}"#;
        let names: Vec<_> = referenced(sheet).unwrap().into_iter().collect();
        assert_eq!(names, [PathBuf::from("fonts/public-sans/p.woff2"), PathBuf::from("img/x.svg")]);
    }

    #[test]
    fn a_sheet_that_reaches_outside_is_refused() {
        assert!(referenced("a{b:url(https://example.org/x.svg)}").is_err());
    }
}
