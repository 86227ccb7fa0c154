//! `cargo xtask tidy`, and the same as a test: the house rules that no compiler checks.
//!
//! Each rule is a function from the project's files to findings; a finding says where, what, and how to mend it. To add
//! a rule: one function in the module it fits, one row in [`findings`], one test that shows it biting.

mod clauses;
mod house;
mod licences;
mod words;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::catalogue::Catalogue;
use crate::scan;

/// Something that is not as the house wants it.
#[derive(Debug)]
pub(crate) struct Finding {
    path: String,
    /// From 1; 0 where the whole file is meant.
    line: usize,
    what: String,
    mend: &'static str,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, mend: &'static str) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), mend }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}; {}", self.path, self.line, self.what, self.mend)
    }
}

/// Prints what was found and fails if anything was.
///
/// # Errors
/// When the project's files cannot be read.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    Ok(if report(root)? == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints every finding and returns how many there are.
///
/// # Errors
/// When the project's files cannot be read.
pub(crate) fn report(root: &Path) -> Result<usize> {
    let found = findings(root)?;
    for finding in &found {
        println!("{finding}");
    }
    println!(
        "{}",
        if found.is_empty() { "the house is tidy".to_owned() } else { format!("{} to mend", found.len()) }
    );
    Ok(found.len())
}

fn findings(root: &Path) -> Result<Vec<Finding>> {
    let sources = scan::sources(root)?;
    let catalogue = Catalogue::load(root)?;
    let mut found = Vec::new();
    for source in &sources {
        found.extend(words::check(source));
        found.extend(house::file(source));
    }
    found.extend(house::rooms(&sources));
    found.extend(house::unused_files(&sources));
    found.extend(clauses::unknown(&catalogue, &sources));
    found.extend(clauses::untested(&catalogue, &sources));
    found.extend(licences::check(root)?);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let found = findings(&crate::shell::root()).unwrap();
        let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
        assert!(lines.is_empty(), "{} to mend:\n{}", lines.len(), lines.join("\n"));
    }
}
