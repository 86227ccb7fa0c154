//! The licence rule: everything the program is built from may be shipped under Apache-2.0 or MIT.
//!
//! It reads what each crate declares; it does not read licence texts. To accept one more licence: one word in
//! [`ACCEPTED`], with a look at what it asks for.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Finding;
use crate::shell;

const ACCEPTED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unlicense",
    "CC0-1.0",
    "BSL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "OpenSSL",
    "CDLA-Permissive-2.0",
    "MPL-2.0",
    "Apache-2.0 WITH LLVM-exception",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    license: Option<String>,
    license_file: Option<String>,
}

/// Holds every crate that this machine's builds use against the list.
pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let rustc = shell::read("rustc", &["--version", "--verbose"], root)?;
    let host =
        rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("x86_64-unknown-linux-gnu");
    let mut command = shell::cargo(root);
    command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host]);
    let output = command.output()?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
        .context("`cargo metadata` failed")?;
    Ok(metadata.packages.iter().filter_map(judge).collect())
}

fn judge(package: &Package) -> Option<Finding> {
    let licence = match (&package.license, &package.license_file) {
        (Some(licence), _) => licence.as_str(),
        (None, Some(_)) => "a licence file of its own",
        (None, None) => "no licence",
    };
    let what = format!("`{}` comes with {licence}", package.name);
    (!is_accepted(licence)).then(|| Finding::new("Cargo.lock", 0, what, "choose another crate"))
}

/// Whether one of the alternatives is accepted in all its parts. `A/B` is an old spelling of `A OR B`. Where there are
/// brackets, every part of the sum must offer an accepted alternative: never more lenient than the expression.
fn is_accepted(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    let known = |name: &str| ACCEPTED.contains(&name.trim());
    if expression.contains('(') {
        plain.split(" AND ").all(|part| part.split(" OR ").any(known))
    } else {
        plain.split(" OR ").any(|part| part.split(" AND ").all(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_and_sums_are_judged() {
        assert!(is_accepted("MIT OR GPL-3.0"));
        assert!(is_accepted("MIT/Apache-2.0"));
        assert!(is_accepted("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_accepted("GPL-3.0-only"));
        assert!(!is_accepted("MIT AND AGPL-3.0"));
        assert!(!is_accepted("(MIT OR GPL-3.0-only) AND AGPL-3.0"));
        assert!(!is_accepted("no licence"));
    }
}
