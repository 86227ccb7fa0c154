//! The appointment book: free times with many visits booked, and booking attempts a second beside a PostgreSQL whose
//! exclusion constraint keeps calendars free of double bookings.
//!
//! Ours is the whole way of a booking: rules, state, seat, events, screen rows, a text and a task, in one commit of SQLite
//! with synchronous=FULL. Both pick a calendar and a start at random, as many of each, and take turns.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail};
use domain::appointment::{AppointmentCommand, Channel, Claim, Request, ResourceCenter};
use domain::event::Actor;
use domain::id::AppointmentId;
use domain::pack::Pack;
use domain::time::{Millis, instant};
use engine::{AppointmentError, Engine};
use jiff::civil::Date;
use store::{Commit, Row, RowChange};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::BookingOptions;
use super::figures::{Times, figure, ratio};
use crate::config::Config;
use crate::{pack, say, wire};

/// Calendars.
const OFFICES: usize = 50;
/// Clients at once.
const CLIENTS: usize = 16;
/// Turns that each engine has.
const TURNS: usize = 4;
/// Days that are searched for free times.
const DAYS: u16 = 60;
/// Visits per start in the measurement of free times, so that so many fit.
const SEATS: u8 = 3;
/// Claims written in one commit while the calendars are filled.
const BATCH: usize = 1_000;
/// Searches for free times that are not counted.
const WARM: usize = 50;
/// The goals: milliseconds, and the share of PostgreSQL's rate.
const FREE_TIMES_MS: f64 = 5.0;
const SHARE: f64 = 0.5;

pub(super) async fn run(folder: &Path, options: &BookingOptions) -> anyhow::Result<()> {
    say("# Appointments");
    say("");
    let times = free_times(&folder.join("visits"), options).await?;
    races(&folder.join("bookings"), options, times).await
}

/// The shipped pack with so many offices, each in a county of its own with the next one near by.
fn with_offices(seats: u8) -> anyhow::Result<Pack> {
    let mut pack = pack::load(None)?;
    let book = pack.appointments.as_mut().context("the pack has no appointment book")?;
    let model = book.offices.first().cloned().context("the pack has no office")?;
    let office = |n: usize| ResourceCenter {
        id: format!("office-{n:02}"),
        county: format!("County {n}"),
        capacity: seats,
        one_per_clock_hour: false,
        closures: Vec::new(),
        nearby: vec![format!("office-{:02}", (n + 1) % OFFICES)],
        ..model.clone()
    };
    book.offices = (0..OFFICES).map(office).collect();
    Ok(pack)
}

async fn engine(folder: &Path, seats: u8) -> anyhow::Result<Engine> {
    Ok(wire::build(&Config::of_folder(folder), with_offices(seats)?, false).await?.engine)
}

fn today(engine: &Engine) -> Date {
    instant(engine.now()).to_zoned(engine.zone()).date()
}

/// Every start of an office, while nothing is booked.
async fn starts(engine: &Engine, visit_type: &str) -> anyhow::Result<Vec<Millis>> {
    let slots = engine.free_slots("office-00", visit_type, today(engine), DAYS).await?;
    Ok(slots.into_iter().map(|slot| slot.start).collect())
}

async fn free_times(folder: &Path, options: &BookingOptions) -> anyhow::Result<Times> {
    let engine = engine(folder, SEATS).await?;
    let starts = starts(&engine, "other").await?;
    let booked = fill(&engine, &starts, options.visits).await?;
    let mut times = Times::default();
    let mut found = 0;
    for n in 0..options.searches + WARM {
        let office = format!("office-{:02}", n % OFFICES);
        let start = now();
        found += engine.free_slots(&office, "other", today(&engine), DAYS).await?.len();
        if n >= WARM {
            times.put(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    if found == 0 {
        bail!("no free time was found; nothing was measured");
    }
    say(format_args!(
        "## Free times of one office for {DAYS} days, {booked} visits booked at {OFFICES} offices"
    ));
    say("");
    say("| searches | p50 ms | p99 ms | longest ms |");
    say("|---|---|---|---|");
    let (p50, p99, longest) = (times.p50(), times.p99(), times.longest());
    say(format_args!("| {} | {p50:.2} | {p99:.2} | {longest:.2} |", times.count()));
    say("");
    Ok(times)
}

/// Books seats straight in the store: the names and the rows of visits, spread over the offices.
async fn fill(engine: &Engine, starts: &[Millis], wanted: usize) -> anyhow::Result<usize> {
    let mut commit = Commit::default();
    let mut booked = 0;
    // Seat by seat, so that the last seat of some starts stays free.
    let seats = (0..SEATS).flat_map(|seat| starts.iter().map(move |start| (seat, *start)));
    for (seat, start) in seats {
        for n in 0..OFFICES {
            if booked == wanted {
                break;
            }
            let (office, id) = (format!("office-{n:02}"), format!("visit-{booked}"));
            let name = Claim { office: office.clone(), start, seat }.name();
            commit.claims.push(store::Claim::Take { name, owner: id.clone() });
            let kind = "bench_visit".to_owned();
            let row = Row { kind, id, group: office, sort: start, data: "{}".to_owned() };
            commit.rows.push(RowChange::Put(row));
            booked += 1;
            if commit.claims.len() == BATCH {
                engine.store().commit(std::mem::take(&mut commit)).await?;
            }
        }
    }
    engine.store().commit(commit).await?;
    Ok(booked)
}

/// What the attempts of one engine came to.
#[derive(Debug, Default)]
struct Rate {
    attempts: u64,
    seconds: f64,
    booked: u64,
}

impl Rate {
    fn per_second(&self) -> f64 {
        ratio(figure(self.attempts), self.seconds)
    }
}

async fn races(folder: &Path, options: &BookingOptions, times: Times) -> anyhow::Result<()> {
    let engine = engine(folder, 1).await?;
    let starts: Arc<[Millis]> = starts(&engine, "interview").await?.into();
    let mut rival = match &options.rival {
        Some(program) => Some(Rival::start(program, starts.len()).await?),
        None => None,
    };
    let store = wire::build(&Config::of_folder(&folder.join("seats")), with_offices(1)?, false).await?.engine;
    let (mut ours, mut seats) = (Rate::default(), Rate::default());
    let (mut plain, mut whole) = (Rate::default(), Rate::default());
    let each = (options.attempts / TURNS / CLIENTS).max(1);
    for turn in 0..TURNS {
        book(&engine, &starts, each, turn, &mut ours).await?;
        take(&store, &starts, each, turn, &mut seats).await?;
        if let Some(rival) = &mut rival {
            rival.turn("plain", each, &mut plain).await?;
            rival.turn("whole", each, &mut whole).await?;
        }
    }
    let held = engine.store().claims_between("slot:", "slot;").await?.len();
    let single = store.store().claims_between("slot:", "slot;").await?.len();
    if u64::try_from(single).ok() != Some(seats.booked) {
        bail!("{single} seats are held by {} rows", seats.booked);
    }
    let title = rival.as_ref().map(|rival| rival.said.clone());
    if let Some(rival) = rival {
        rival.stop().await?;
    }
    say(format_args!(
        "## Booking attempts a second, {CLIENTS} clients on {OFFICES} calendars of {} starts",
        starts.len()
    ));
    say("");
    say("| engine | attempts | booked | a second | our whole booking / its | our seat and row / its |");
    say("|---|---|---|---|---|---|");
    let line = |name: &str, rate: &Rate| {
        let per_second = rate.per_second();
        let (all, seat) = (ratio(ours.per_second(), per_second), ratio(seats.per_second(), per_second));
        let (attempts, booked) = (rate.attempts, rate.booked);
        say(format_args!("| {name} | {attempts} | {booked} | {per_second:.0} | {all:.3} | {seat:.3} |"));
    };
    line("Hearthline, a whole booking, SQLite with synchronous=FULL", &ours);
    line("Hearthline's store alone, a seat and its row in one commit, the same SQLite", &seats);
    match &title {
        Some(Ok(version)) => {
            line(&format!("{version}, one row under an exclusion constraint"), &plain);
            line(&format!("{version}, and what a booking leads to in the same transaction"), &whole);
        }
        Some(Err(reason)) => say(format_args!("\nNot compared with PostgreSQL: {reason}.")),
        None => say("\nNot compared with PostgreSQL: --rival was not given."),
    }
    say("");
    say(format_args!("Seats held afterwards: {held}; visits booked: {}.", ours.booked));
    say("");
    if u64::try_from(held).ok() != Some(ours.booked) {
        bail!("{held} seats are held by {} visits", ours.booked);
    }
    goals(&times, (&ours, &whole), (&seats, &plain));
    Ok(())
}

/// Like is held against like: a whole booking against PostgreSQL with the same records in one transaction, a seat and its
/// row against one row; and the whole booking against the one row, which says nothing of a booking system but is asked for.
fn goals(times: &Times, whole: (&Rate, &Rate), row: (&Rate, &Rate)) {
    say("| goal | measured | holds |");
    say("|---|---|---|");
    let holds = |yes: bool| if yes { "yes" } else { "no" };
    let p99 = times.p99();
    say(format_args!(
        "| free times p99 under {FREE_TIMES_MS} ms | {p99:.3} | {} |",
        holds(p99 < FREE_TIMES_MS)
    ));
    let pairs = [
        ("a whole booking: at least {} of PostgreSQL with the same records", whole.0, whole.1),
        ("a seat and its row: at least {} of PostgreSQL with one row", row.0, row.1),
        ("a whole booking: at least {} of PostgreSQL with one row", whole.0, row.1),
    ];
    for (name, ours, its) in pairs.into_iter().filter(|(_, _, its)| its.attempts > 0) {
        let share = ratio(ours.per_second(), its.per_second());
        let name = name.replace("{}", &SHARE.to_string());
        say(format_args!("| {name} | {share:.3} | {} |", holds(share >= SHARE)));
    }
    say("");
}

/// One turn of the store alone, on seats of its own: what PostgreSQL does with one row.
async fn take(
    engine: &Engine,
    starts: &Arc<[Millis]>,
    each: usize,
    turn: usize,
    rate: &mut Rate,
) -> anyhow::Result<()> {
    let start = now();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (engine, starts) = (engine.clone(), Arc::clone(starts));
        clients.spawn(async move {
            let mut random = Random(u64::try_from(turn * CLIENTS + client).unwrap_or_default());
            let mut booked = 0;
            for n in 0..each {
                let request = request(&mut random, &starts, (turn * CLIENTS + client) * each + n);
                let id = engine.fresh().to_string();
                let claim = Claim { office: request.office.clone(), start: request.start, seat: 0 };
                let row = Row {
                    kind: "bench_visit".to_owned(),
                    id: id.clone(),
                    group: request.office,
                    sort: request.start,
                    data: request.phone,
                };
                let commit = Commit {
                    claims: vec![store::Claim::Take { name: claim.name(), owner: id }],
                    rows: vec![RowChange::Put(row)],
                    ..Commit::default()
                };
                match engine.store().commit(commit).await {
                    Ok(_) => booked += 1,
                    Err(store::StoreError::Taken { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(booked)
        });
    }
    while let Some(done) = clients.join_next().await {
        rate.booked += done??;
    }
    rate.seconds += start.elapsed().as_secs_f64();
    rate.attempts += u64::try_from(each * CLIENTS).unwrap_or_default();
    Ok(())
}

/// One turn of ours: every client books one after the other, each for a number of its own.
async fn book(
    engine: &Engine,
    starts: &Arc<[Millis]>,
    each: usize,
    turn: usize,
    rate: &mut Rate,
) -> anyhow::Result<()> {
    let start = now();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (engine, starts) = (engine.clone(), Arc::clone(starts));
        clients.spawn(async move {
            let mut random = Random(u64::try_from(turn * CLIENTS + client).unwrap_or_default());
            let mut booked = 0;
            for n in 0..each {
                let request = request(&mut random, &starts, (turn * CLIENTS + client) * each + n);
                let (id, request) = (AppointmentId(engine.fresh()), Box::new(request));
                let command =
                    AppointmentCommand::Book { channel: Channel::Page, by: Actor::Customer, request };
                match engine.handle_appointment(id, command, "bench").await {
                    Ok(_) => booked += 1,
                    Err(AppointmentError::Refused(refused)) if refused.code == "taken" => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(booked)
        });
    }
    while let Some(done) = clients.join_next().await {
        rate.booked += done??;
    }
    rate.seconds += start.elapsed().as_secs_f64();
    rate.attempts += u64::try_from(each * CLIENTS).unwrap_or_default();
    Ok(())
}

fn request(random: &mut Random, starts: &[Millis], n: usize) -> Request {
    let office = random.below(OFFICES);
    Request {
        office: format!("office-{office:02}"),
        visit_type: "interview".to_owned(),
        start: starts.get(random.below(starts.len())).copied().unwrap_or_default(),
        // Area codes and exchanges begin with 2 at least; nobody has these numbers.
        phone: format!("{}{:03}{:04}", 573, 200 + n / 10_000, n % 10_000),
        texts: true,
        language: "en".to_owned(),
        ..Request::default()
    }
}

/// The same choices in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from(mixed % end).unwrap_or_default()
    }
}

/// The program that books in PostgreSQL: `crates/store/examples/bookings.rs`.
struct Rival {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Its version, or why it is not there.
    said: Result<String, String>,
}

impl Rival {
    async fn start(program: &Path, starts: usize) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args([OFFICES, starts, CLIENTS].map(|number| number.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Whoever interrupts us does not interrupt it: it hears that its input ends, and tidies up.
            .process_group(0)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let input = child.stdin.take().context("the comparison has no input")?;
        let output = child.stdout.take().context("the comparison has no output")?;
        let mut output = BufReader::new(output).lines();
        let line = output.next_line().await?.context("the comparison ended before its time")?;
        let said = match line.split_once('\t') {
            Some(("ready", version)) => Ok(version.to_owned()),
            Some(("absent", reason)) => Err(reason.to_owned()),
            _ => bail!("the comparison said `{line}`"),
        };
        Ok(Self { child, input, output, said })
    }

    async fn turn(&mut self, how: &str, each: usize, rate: &mut Rate) -> anyhow::Result<()> {
        if self.said.is_err() {
            return Ok(());
        }
        self.input.write_all(format!("{how} {each}\n").as_bytes()).await?;
        self.input.flush().await?;
        let line = self.output.next_line().await?.context("the comparison ended before its time")?;
        let cells: Vec<&str> = line.split('\t').collect();
        let ["took", seconds, booked] = cells.as_slice() else { bail!("the comparison said `{line}`") };
        rate.seconds += seconds.parse::<f64>()?;
        rate.booked = booked.parse()?;
        rate.attempts += u64::try_from(each * CLIENTS).unwrap_or_default();
        Ok(())
    }

    async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.input);
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("the comparison ended with {status}");
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the wall clock")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 64 bookers for one seat through the whole program on disk, for one seat after the other. The same race against the
    /// stores alone, 1,000 times, is in their contract.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_sixty_four_bookers_on_disk_exactly_one_has_the_seat() {
        // PHONE-APPT-10
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), 1).await.unwrap();
        let free = starts(&engine, "interview").await.unwrap();
        for (round, start) in free.iter().take(10).enumerate() {
            let mut race = tokio::task::JoinSet::new();
            for n in 0..64 {
                let (engine, id) = (engine.clone(), AppointmentId(engine.fresh()));
                let request = Request {
                    office: "office-00".to_owned(),
                    visit_type: "interview".to_owned(),
                    start: *start,
                    phone: format!("573{:03}{:04}", 200 + round, 1_000 + n),
                    ..Request::default()
                };
                let request = Box::new(request);
                let command =
                    AppointmentCommand::Book { channel: Channel::Page, by: Actor::Customer, request };
                race.spawn(async move { engine.handle_appointment(id, command, "race").await });
            }
            let answers = race.join_all().await;
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "round {round}");
            for answer in answers.into_iter().filter_map(Result::err) {
                let AppointmentError::Refused(refused) = answer else { panic!("{answer:?}") };
                assert_eq!(refused.code, "taken");
            }
        }
        assert_eq!(engine.store().claims_between("slot:", "slot;").await.unwrap().len(), 10);
        assert_eq!(engine.replay(false).await.unwrap().different, 0);
    }
}
