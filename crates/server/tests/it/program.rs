//! The program as a process: commands that end, and a server that is stopped or killed.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::place::Place;
use crate::wait_for;

/// Longest time until a server listens; a busy machine builds beside it.
const START: Duration = Duration::from_secs(60);

/// How much of its log is shown when a test fails.
const LAST_LINES: usize = 40;

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) success: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_hearthline"))
}

/// Runs a command with the settings of the place.
pub(crate) fn run(place: &Place, arguments: &[&str]) -> Outcome {
    run_with(&place.settings(), arguments)
}

pub(crate) fn run_with(settings: &Path, arguments: &[&str]) -> Outcome {
    let (command, rest) = arguments.split_first().unwrap();
    outcome(program().arg(command).arg("--config").arg(settings).args(rest))
}

/// Runs a command of two words with the settings of the place.
pub(crate) fn run_two(place: &Place, commands: [&str; 2], arguments: &[&str]) -> Outcome {
    outcome(program().args(commands).arg("--config").arg(place.settings()).args(arguments))
}

fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        success: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A running server. It goes with the test, whatever happens.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    /// Where its log goes.
    log: PathBuf,
    pub(crate) port: u16,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(crate) fn start(place: &Place) -> Self {
        Self::started(place, spawn(place))
    }

    /// Starts it with a log that nobody reads: its pipe is closed at once.
    pub(crate) fn start_unread(place: &Place, log: &str) -> Self {
        let (mut child, lines) =
            spawn_as(serve(program(), place).env("HEARTHLINE_LOG", log).stderr(Stdio::piped()));
        drop(child.stderr.take());
        Self::started(place, (child, lines))
    }

    /// Starts it with so many file handles and no more.
    pub(crate) fn start_with_handles(place: &Place, handles: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("ulimit -n {handles} && exec \"$0\" \"$@\""));
        shell.arg(env!("CARGO_BIN_EXE_hearthline"));
        Self::started(place, spawn_as(serve(shell, place).stderr(errors_of(place))))
    }

    fn started(place: &Place, (child, lines): (Child, Receiver<String>)) -> Self {
        let mut server = Self { child, lines, log: place.path("stderr"), port: 0 };
        let line = server.line().unwrap_or_else(|| {
            panic!(
                "the server did not start: {}",
                std::fs::read_to_string(place.path("stderr")).unwrap_or_default()
            )
        });
        let address = line.strip_prefix("listening on http://127.0.0.1:");
        server.port = address.and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("{line}"));
        server
    }

    /// Kills it while it starts.
    pub(crate) fn start_and_kill(place: &Place, after: Duration) {
        let (mut child, lines) = spawn(place);
        assert_ne!(lines.recv_timeout(after), Err(RecvTimeoutError::Disconnected), "it ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The next line that it prints.
    pub(crate) fn line(&self) -> Option<String> {
        self.lines.recv_timeout(START).ok()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.code().is_none(), "it had ended by itself before it was killed: {status}");
    }

    /// Stops it, and gives what it has printed since it listened.
    pub(crate) fn printed_until_stopped(mut self, seconds: u32) -> Vec<String> {
        assert!(self.ask_to_stop(seconds).success());
        self.lines.iter().collect()
    }

    /// Asks it to stop as a service manager does, and waits for its end.
    pub(crate) fn stop(mut self, seconds: u32) -> ExitStatus {
        self.ask_to_stop(seconds)
    }

    fn ask_to_stop(&mut self, seconds: u32) -> ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        wait_for("the server's end", seconds, || self.child.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that fails says how the server was and what it said last.
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
            println!("the server: {:?}; its last lines:\n{last}", self.child.try_wait());
        }
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn errors_of(place: &Place) -> File {
    OpenOptions::new().create(true).append(true).open(place.path("stderr")).unwrap()
}

fn serve(mut command: Command, place: &Place) -> Command {
    command.arg("serve").arg("--config").arg(place.settings());
    command
}

fn spawn(place: &Place) -> (Child, Receiver<String>) {
    spawn_as(serve(program(), place).stderr(errors_of(place)))
}

fn spawn_as(command: &mut Command) -> (Child, Receiver<String>) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    let (to, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in reader.lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                break;
            }
        }
    });
    (child, lines)
}
