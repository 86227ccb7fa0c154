//! Other engines, each asked the same over the same paragraphs. They live in a program of their own, which is no part of
//! this one: see `crates/search/examples/compare.rs`.

use std::ops::Range;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// An engine that is there.
#[derive(Debug, Clone)]
pub(super) struct Rival {
    /// What the program calls it.
    pub(super) name: String,
    /// How it is called in the report.
    pub(super) title: String,
    /// Bytes of its index; of the whole file for FTS5, which holds the texts too.
    pub(super) bytes: u64,
    /// Seconds in which it was made.
    pub(super) built: String,
}

/// The running program.
pub(super) struct Rivals {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    pub(super) there: Vec<Rival>,
    /// Those that are not there, and why.
    pub(super) absent: Vec<(String, String)>,
}

impl Rivals {
    /// Starts the program and waits until every engine has the texts.
    pub(super) async fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Whoever interrupts us does not interrupt it: it hears that its input ends, and tidies up.
            .process_group(0)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let input = child.stdin.take().context("the comparison has no input")?;
        let output = child.stdout.take().context("the comparison has no output")?;
        let output = BufReader::new(output).lines();
        let mut rivals = Self { child, input, output, there: Vec::new(), absent: Vec::new() };
        loop {
            let line = rivals.line().await?;
            let cells: Vec<&str> = line.split('\t').collect();
            match cells.as_slice() {
                ["engine", name, title, bytes, built] => rivals.there.push(Rival {
                    name: (*name).to_owned(),
                    title: (*title).to_owned(),
                    bytes: bytes.parse()?,
                    built: (*built).to_owned(),
                }),
                ["absent", name, reason] => rivals.absent.push(((*name).to_owned(), (*reason).to_owned())),
                ["ready"] => return Ok(rivals),
                _ => bail!("the comparison said `{line}`"),
            }
        }
    }

    /// Puts these questions to one engine: how many had an answer, and the milliseconds of each.
    pub(super) async fn ask(
        &mut self,
        name: &str,
        range: &Range<usize>,
    ) -> anyhow::Result<(usize, Vec<f64>)> {
        let words = format!("{name}\t{}\t{}\n", range.start, range.end);
        self.input.write_all(words.as_bytes()).await?;
        self.input.flush().await?;
        let line = self.line().await?;
        let mut cells = line.split('\t');
        if cells.next() != Some("times") {
            bail!("the comparison said `{line}`");
        }
        let answered = cells.next().context("the comparison gave no count")?.parse()?;
        let times = cells.map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        if times.len() != range.len() {
            bail!("the comparison gave {} times for {} questions", times.len(), range.len());
        }
        Ok((answered, times))
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        self.output.next_line().await?.context("the comparison ended before its time")
    }

    /// Its input ends, it tidies up after itself and goes.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.input);
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("the comparison ended with {status}");
        }
        Ok(())
    }
}
