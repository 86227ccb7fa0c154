//! Counting tests from what the runners print. It owns the reading of those lines and nothing else.
//!
//! A runner that failed without naming a failed test (a compile error, a crash) counts as one failure, and so does one
//! that succeeded without running any test: a silent stage must not look green.

use std::ops::Add;

use anyhow::Result;
use regex::Regex;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl Add for Count {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            passed: self.passed + more.passed,
            failed: self.failed + more.failed,
            skipped: self.skipped + more.skipped,
        }
    }
}

impl Count {
    /// A check that either holds or does not.
    pub(crate) fn one(held: bool) -> Self {
        Self { passed: usize::from(held), failed: usize::from(!held), skipped: 0 }
    }

    /// The closing line, in the plain form that test readers know.
    pub(crate) fn line(self) -> String {
        match self.skipped {
            0 => format!("{} passed, {} failed", self.passed, self.failed),
            skipped => format!("{} passed, {} failed, {skipped} skipped", self.passed, self.failed),
        }
    }

    /// The same, worded so that a stage's line is not taken for the closing one.
    pub(crate) fn words(self) -> String {
        format!("{} of {} good", self.passed, self.passed + self.failed)
    }

    /// From nextest's `Summary [ 1.2s] 5 tests run: 4 passed, 1 failed, 2 skipped`.
    pub(crate) fn nextest(text: &str, success: bool) -> Result<Self> {
        let summaries = text.lines().filter(|line| line.contains("Summary [") && line.contains(" run: "));
        let mut all = Self::default();
        for line in summaries {
            let failed = number(line, "failed")? + number(line, "timed out")? + number(line, "exec failed")?;
            all = all + Self { passed: number(line, "passed")?, failed, skipped: number(line, "skipped")? };
        }
        Ok(all.settled(success))
    }

    /// From cargo's `test result: ok. 4 passed; 0 failed; 1 ignored; ...`, once per test binary.
    pub(crate) fn cargo(text: &str, success: bool) -> Result<Self> {
        let mut all = Self::default();
        for line in text.lines().filter(|line| line.starts_with("test result:")) {
            let part = Self {
                passed: number(line, "passed")?,
                failed: number(line, "failed")?,
                skipped: number(line, "ignored")?,
            };
            all = all + part;
        }
        Ok(all.settled(success))
    }

    /// From the closing `# pass 4`, `# fail 1`, `# skipped 0`, `# cancelled 0` of node's TAP reporter.
    pub(crate) fn tap(text: &str, success: bool) -> Self {
        let of = |name: &str| {
            let start = format!("# {name} ");
            text.lines()
                .filter_map(|line| line.strip_prefix(&start)?.trim().parse::<usize>().ok())
                .sum::<usize>()
        };
        let all = Self {
            passed: of("pass"),
            failed: of("fail") + of("cancelled"),
            skipped: of("skipped") + of("todo"),
        };
        all.settled(success)
    }

    fn settled(mut self, success: bool) -> Self {
        let silent = self.passed == 0 && self.failed == 0;
        if self.failed == 0 && (!success || silent) {
            self.failed = 1;
        }
        self
    }
}

/// The number before `word`, or 0.
fn number(line: &str, word: &str) -> Result<usize> {
    let found = Regex::new(&format!(r"(\d+) {word}"))?;
    Ok(found.captures(line).and_then(|groups| groups.get(1)?.as_str().parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: usize, failed: usize, skipped: usize) -> Count {
        Count { passed, failed, skipped }
    }

    #[test]
    fn nextest_summaries_are_read() {
        let text =
            "     Summary [   1.204s] 7 tests run: 5 passed (1 slow), 1 failed, 1 timed out, 2 skipped\n";
        assert_eq!(Count::nextest(text, false).unwrap(), count(5, 2, 2));
    }

    #[test]
    fn cargo_results_are_added_up() {
        let text = "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured\n\
                    test result: FAILED. 2 passed; 3 failed; 0 ignored\n";
        assert_eq!(Count::cargo(text, false).unwrap(), count(6, 3, 1));
    }

    #[test]
    fn tap_footers_are_read() {
        let text = "# tests 6\n# pass 4\n# fail 1\n# cancelled 1\n# skipped 0\n# todo 0\n";
        assert_eq!(Count::tap(text, false), count(4, 2, 0));
    }

    #[test]
    fn a_silent_or_broken_stage_is_a_failure() {
        assert_eq!(Count::nextest("error: could not compile", false).unwrap(), count(0, 1, 0));
        assert_eq!(Count::tap("", true), count(0, 1, 0));
    }

    #[test]
    fn the_closing_line_is_plain() {
        assert_eq!(count(3, 0, 0).line(), "3 passed, 0 failed");
        assert_eq!(count(3, 1, 2).line(), "3 passed, 1 failed, 2 skipped");
    }
}
