//! Running other programs: where the checkout is, how a command is started, shown and timed.
//!
//! It owns process handling and nothing about any particular tool; those live in `system`, `vendor` and `test`.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The checkout's top folder, from where this crate was built.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's output folder: `CARGO_TARGET_DIR` when set, else `target/`.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}

/// The cargo that started this program, so that a chosen toolchain stays the same throughout.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Whether `program` can be found along `PATH`.
pub(crate) fn has(program: &str) -> bool {
    find(program).is_some()
}

/// The first file named `program` along `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// The command as a person would type it.
pub(crate) fn spelled(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
    words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs a command with its output on ours.
///
/// # Errors
/// When it cannot be started or ends with another code than 0.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let line = spelled(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// What a command writes to its standard output, trimmed; its errors stay hidden.
///
/// # Errors
/// When it cannot be started or ends with another code than 0.
pub(crate) fn read<S: AsRef<OsStr>>(program: &str, arguments: &[S], at: &Path) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(at)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{program}`"))?;
    if !output.status.success() {
        bail!("`{program}` ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a shown command left behind.
pub(crate) struct Shown {
    pub(crate) success: bool,
    pub(crate) text: String,
}

/// Runs a command, shows its output line by line as it comes, and keeps it for counting.
///
/// # Errors
/// When the command cannot be started.
pub(crate) fn show(command: &mut Command) -> Result<Shown> {
    let line = spelled(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let errors = child.stderr.take().map(|pipe| thread::spawn(move || echo(pipe)));
    let mut text = child.stdout.take().map(echo).unwrap_or_default();
    if let Some(Ok(more)) = errors.map(thread::JoinHandle::join) {
        text.push_str(&more);
    }
    let status = child.wait().with_context(|| format!("lost `{line}`"))?;
    Ok(Shown { success: status.success(), text })
}

/// Repeats a pipe's lines on our output and returns them. Bytes that are no UTF-8 are shown as replacement signs.
fn echo(pipe: impl Read) -> String {
    let mut pipe = BufReader::new(pipe);
    let mut all = String::new();
    let mut line = Vec::new();
    while matches!(pipe.read_until(b'\n', &mut line), Ok(count) if count > 0) {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        all.push_str(&text);
        line.clear();
    }
    all
}

/// Measures a stretch of work for progress lines.
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "how long a tool took is shown, never decided upon")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn spent(&self) -> Duration {
        self.0.elapsed()
    }
}

/// `83.4s` as `1m23s`, `7.25s` as `7.2s`.
pub(crate) fn spell_time(spent: Duration) -> String {
    let seconds = spent.as_secs();
    if seconds >= 60 {
        format!("{}m{:02}s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1}s", spent.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_output_is_kept_with_its_exit() {
        let shown = show(Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"])).unwrap();
        assert!(!shown.success);
        assert!(shown.text.contains("one") && shown.text.contains("two"));
    }

    #[test]
    fn a_failing_command_is_named() {
        let error = check(Command::new("sh").args(["-c", "exit 4"])).unwrap_err();
        assert!(error.to_string().contains("sh -c exit 4"), "{error}");
    }

    #[test]
    fn times_read_well() {
        assert_eq!(spell_time(Duration::from_millis(7_250)), "7.2s");
        assert_eq!(spell_time(Duration::from_secs(83)), "1m23s");
    }
}
