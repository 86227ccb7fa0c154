//! The knowledge base: search as one types and article pages, over HTTP, beside other engines on the same paragraphs.
//!
//! Everything is measured in one run. The engines take turns, a stretch of questions each, so that whatever else the
//! machine does meets all of them alike.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use engine::Engine;
use search::bench::{Asked, Asking, Words, questions};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::KnowledgeOptions;
use super::corpus::{self, Contents};
use super::figures::{Score, Times, figure, ratio};
use super::pages::{self, Opened};
use super::reader::{self, Reader};
use super::rivals::{Rival, Rivals};
use crate::config::Config;
use crate::{pack, say, wire};

/// Questions that one engine is asked before the next has its turn.
const STRETCH: usize = 250;
/// Questions put before anything is measured.
const WARM: usize = 60;
/// The seeds of words and questions: the same ones on every machine.
const WORDS: u64 = 7;
const QUESTIONS: u64 = 13;

/// Everything that was measured.
struct Measured {
    contents: Contents,
    installed: f64,
    followed: f64,
    index: u64,
    ours: Score,
    others: Vec<(Rival, Score)>,
    absent: Vec<(String, String)>,
    opened: Opened,
}

pub(super) async fn run(folder: &Path, options: &KnowledgeOptions) -> anyhow::Result<()> {
    let words = Words::new(WORDS);
    let config = Config::of_folder(&folder.join("data"));
    let built = wire::build(&config, pack::load(None)?, false).await?;
    let engine = built.engine;
    let start = now();
    corpus::install(&engine, &words, options).await?;
    let installed = start.elapsed().as_secs_f64();
    let start = now();
    while engine.follow_index().await? > 0 {}
    let followed = start.elapsed().as_secs_f64();
    let contents = corpus::write_passages(&engine, folder).await?;
    let asked = questions(&words, QUESTIONS, options.questions);
    corpus::write_questions(&asked, folder)?;
    let index = bytes_of(&config.data.join("search"))?;
    let password = reader::account(&engine).await?;

    let served = Served::start(engine).await?;
    let asked = compare(served.address, &password, &asked, (&contents.readable, folder), options).await;
    // Whatever came of it: nothing may be left that works in a folder which is about to be deleted.
    served.stop().await?;
    let Compared { ours, others, absent, opened } = asked?;
    let measured = Measured { contents, installed, followed, index, ours, others, absent, opened };
    report(&measured, options);
    Ok(())
}

/// What was measured through the running program.
struct Compared {
    ours: Score,
    others: Vec<(Rival, Score)>,
    absent: Vec<(String, String)>,
    opened: Opened,
}

async fn compare(
    address: SocketAddr,
    password: &str,
    asked: &[Asked],
    (readable, folder): (&[String], &Path),
    options: &KnowledgeOptions,
) -> anyhow::Result<Compared> {
    let reader = Reader::sign_in(address, password).await?;
    let mut rivals = match &options.compare {
        Some(program) => Some(Rivals::start(program, folder).await?),
        None => None,
    };
    let (ours, others) = ask(&reader, rivals.as_mut(), asked).await?;
    let absent = match rivals {
        Some(rivals) => {
            let absent = rivals.absent.clone();
            rivals.stop().await?;
            absent
        }
        None => vec![("other engines".to_owned(), "--compare was not given".to_owned())],
    };
    let opened = pages::open(&reader, readable, options).await?;
    Ok(Compared { ours, others, absent, opened })
}

/// The program as it runs, with its loops and all its routes, on a port of its own until the bench is done.
struct Served {
    address: SocketAddr,
    app: web::App,
    serving: JoinHandle<std::io::Result<()>>,
    loops: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Served {
    async fn start(engine: Engine) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let loops = tokio::spawn(engine::run::run(engine.clone(), stopped));
        let app = web::App::new(engine, web::Settings::default(), String::new);
        let router = web::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, app, serving, loops, stop })
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.app.stop();
        self.serving.abort();
        self.stop.send_replace(true);
        Ok(self.loops.await?)
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the wall clock")]
fn now() -> Instant {
    Instant::now()
}

fn bytes_of(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { bytes_of(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

async fn ask(
    reader: &Reader,
    mut rivals: Option<&mut Rivals>,
    asked: &[Asked],
) -> anyhow::Result<(Score, Vec<(Rival, Score)>)> {
    for one in asked.iter().take(WARM) {
        reader.search(&one.ours()).await?;
    }
    let mut ours = Score { title: "Hearthline, over HTTP".to_owned(), ..Score::default() };
    let there = rivals.as_ref().map(|rivals| rivals.there.clone()).unwrap_or_default();
    let mut others: Vec<(Rival, Score)> = there
        .into_iter()
        .map(|rival| (rival.clone(), Score { title: rival.title, ..Score::default() }))
        .collect();
    let mut from = 0;
    for stretch in asked.chunks(STRETCH) {
        let range = from..from + stretch.len();
        from = range.end;
        for one in stretch {
            let words = one.ours();
            let start = now();
            let answer = reader.search(&words).await?;
            ours.put(one.asking, start.elapsed().as_secs_f64() * 1e3);
            let answer: serde_json::Value = serde_json::from_slice(&answer)?;
            let hits = answer.get("hits").and_then(serde_json::Value::as_array);
            ours.answered += usize::from(hits.is_some_and(|hits| !hits.is_empty()));
        }
        let Some(rivals) = rivals.as_deref_mut() else { continue };
        for (rival, score) in &mut others {
            let (answered, times) = rivals.ask(&rival.name, &range).await?;
            score.answered += answered;
            for (one, time) in stretch.iter().zip(times) {
                score.put(one.asking, time);
            }
        }
    }
    Ok((ours, others))
}

fn report(measured: &Measured, options: &KnowledgeOptions) {
    let contents = &measured.contents;
    say("# Knowledge base");
    say("");
    say(format_args!(
        "{} pages: {} articles made by machine in {} sections, and the pack's own; {} paragraphs, {:.1} MB of text. \
         Installed in {:.1} s, the index followed in {:.1} s.",
        contents.pages,
        options.articles,
        options.sections,
        contents.passages,
        figure(contents.bytes) / 1e6,
        measured.installed,
        measured.followed,
    ));
    say("");
    for (name, reason) in &measured.absent {
        say(format_args!("Not compared with {name}: {reason}."));
        say("");
    }
    searches(measured);
    say("## Size");
    say("");
    say("| index | MB | index / text | made in |");
    say("|---|---|---|---|");
    let share = ratio(figure(measured.index), figure(contents.bytes));
    let size = figure(measured.index) / 1e6;
    say(format_args!("| Hearthline | {size:.1} | {share:.3} | {:.1} s |", measured.followed));
    for (rival, _) in &measured.others {
        let share = ratio(figure(rival.bytes), figure(contents.bytes));
        let size = figure(rival.bytes) / 1e6;
        say(format_args!("| {} | {size:.1} | {share:.3} | {} s |", rival.title, rival.built));
    }
    say("");
    say("FTS5's file holds the texts as well; PostgreSQL's figure is that of its GIN index alone.");
    say("");
    page_times(&measured.opened, options);
    goals(measured);
}

fn searches(measured: &Measured) {
    say("## Search");
    say("");
    say("Milliseconds. Typing: every word, the last one only begun; AND: every word; OR: any of them.");
    say("");
    say("| engine | questions | asked | p50 | p99 | longest | our p99 / its p99 |");
    say("|---|---|---|---|---|---|---|");
    let others = measured.others.iter().map(|(_, score)| score);
    for score in std::iter::once(&measured.ours).chain(others) {
        for (asking, times) in &score.times {
            let name = match asking {
                Asking::Typing => "typing",
                Asking::And => "AND",
                Asking::Or => "OR",
            };
            let ours = measured.ours.times.get(asking).map_or(0.0, Times::p99);
            line(score, name, times, ours);
        }
        line(score, "all", &score.all(), measured.ours.all().p99());
    }
    say("");
    for score in std::iter::once(&measured.ours).chain(measured.others.iter().map(|(_, score)| score)) {
        say(format_args!("- {}: {} questions had an answer", score.title, score.answered));
    }
    say("");
}

fn line(score: &Score, questions: &str, times: &Times, ours: f64) {
    say(format_args!(
        "| {} | {questions} | {} | {:.2} | {:.2} | {:.2} | {:.3} |",
        score.title,
        times.count(),
        times.p50(),
        times.p99(),
        times.longest(),
        ratio(ours, times.p99())
    ));
}

fn page_times(opened: &Opened, options: &KnowledgeOptions) {
    let count = opened.times.count();
    let mean = ratio(figure(opened.bytes), figure(u64::try_from(count).unwrap_or_default()));
    say("## Article pages");
    say("");
    say(format_args!(
        "{} pages a second for {} s, each timed from the moment at which it was due; {:.0} kB a page on average.",
        options.page_rate,
        options.page_seconds,
        mean / 1e3
    ));
    say("");
    say("| opened | failed | p50 ms | p99 ms | longest ms |");
    say("|---|---|---|---|---|");
    let times = &opened.times;
    let (p50, p99, longest) = (times.p50(), times.p99(), times.longest());
    say(format_args!("| {count} | {} | {p50:.2} | {p99:.2} | {longest:.2} |", opened.failed));
    say("");
}

/// What was promised, and what this run says of it.
fn goals(measured: &Measured) {
    say("## Goals");
    say("");
    say("| goal | measured | holds |");
    say("|---|---|---|");
    let ours = measured.ours.all().p99();
    for (rival, score) in &measured.others {
        let most = if rival.name == "postgres" { 0.3 } else { 1.0 };
        let found = ratio(ours, score.all().p99());
        goal(&format!("search p99 at most {most} of {}", rival.title), found, most, true);
    }
    let share = ratio(figure(measured.index), figure(measured.contents.bytes));
    goal("index under 0.5 of the text", share, 0.5, share < 0.5);
    let opened = &measured.opened;
    goal("article page p99 at most 15 ms", opened.times.p99(), 15.0, opened.failed == 0);
    say("");
}

fn goal(words: &str, found: f64, most: f64, besides: bool) {
    let holds = if found <= most && besides { "yes" } else { "no" };
    say(format_args!("| {words} | {found:.3} | {holds} |"));
}
