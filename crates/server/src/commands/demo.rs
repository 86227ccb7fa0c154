//! `hearthline demo`: the production path with marked demo people, a browser handset as its carrier, and hours that are
//! always open, so that it works whenever somebody tries it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use domain::id::StaffId;
use domain::pack::{DemoPerson, Hours, Pack, PersonRole};
use domain::permission::Role;
use engine::ports::Clock as _;
use engine::records::{ACCOUNT, HOURS};
use engine::{Account, Change, Engine};
use jiff::civil::DateTime;

use crate::config::{Carrier, Config};
use crate::drivers::{SystemClock, TaskStandIn};
use crate::{pack, say, wire};

/// Everyone's password in a demonstration. It opens nothing but demo data on this machine.
const PASSWORD: &str = "demo-hearthline";
/// Author of what the demonstration sets up.
const DEMO: &str = "demo";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Folder of the demo data.
    #[arg(long, default_value = "data/demo")]
    data: PathBuf,
    /// Port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Forget the demo data and begin anew.
    #[arg(long)]
    fresh: bool,
    /// Keep the queues' real opening hours instead of being open always.
    #[arg(long)]
    office_hours: bool,
    /// Seconds of customer silence, check-in and reply wait, for trying the clocks out faster.
    #[arg(long)]
    quick_clocks: Option<u32>,
    /// Let the demo's clock begin at this time of the agency, such as 2027-03-02T08:05, and run on from there: to see an
    /// office on a working day, whatever day it is. Give it at every start, or time falls back.
    #[arg(long)]
    begin_at: Option<DateTime>,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    if options.fresh {
        forget(&options.data)?;
    }
    mark(&options.data)?;
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], options.port)),
        public_url: format!("http://localhost:{}", options.port),
        behind_proxy: false,
        data: options.data.clone(),
        key_file: None,
        pack: None,
        session_idle_minutes: 8 * 60,
        session_absolute_minutes: 12 * 60,
        carrier: Vec::new(),
        mail: None,
        tasks: Some(TaskStandIn::start(&options.data).await?),
        clock_ahead_ms: 0,
    };
    let pack = pack::load(None)?;
    let clock_ahead_ms = options.begin_at.map_or(Ok(0), |begin| ahead(begin, &pack))?;
    let lines = pack.agency.lines.iter().map(|line| line.id.clone()).collect();
    let config = Config { carrier: vec![Carrier::Handset { lines }], clock_ahead_ms, ..config };
    let built = wire::build(&config, pack, true).await?;
    set_up(&built.engine, &options).await?;
    let settings = web::Settings {
        public_url: config.public_url.clone(),
        demo: true,
        handset_key: built.handset_key.clone(),
        ..web::Settings::default()
    };
    let pack = built.engine.pack();
    wire::serve(built, config.listen, settings, |address| greet(address, &pack)).await
}

/// Milliseconds from now to a time of the agency.
fn ahead(begin: DateTime, pack: &Pack) -> anyhow::Result<i64> {
    let zone = jiff::tz::TimeZone::get(&pack.agency.time_zone).context("the agency's time zone")?;
    let begin = begin.to_zoned(zone).context("--begin-at")?.timestamp().as_millisecond();
    Ok(begin.saturating_sub(SystemClock::ahead(0).now()))
}

/// Marks a folder as one whose data may be forgotten.
const MARKER: &str = "demo-data-may-be-deleted";

/// Removes the data of an earlier demonstration, and nothing else: only in a folder that a demonstration has marked, only
/// files that this program makes, and only while nobody serves them.
fn forget(folder: &Path) -> anyhow::Result<()> {
    let data = folder.join("hearthline.sqlite");
    if data.exists() && !folder.join(MARKER).exists() {
        bail!("{} holds data that no demonstration made; --fresh does not touch it", folder.display());
    }
    let lock = folder.join("hearthline.sqlite.lock");
    if lock.exists() {
        let file =
            std::fs::File::open(&lock).with_context(|| format!("{} cannot be opened", lock.display()))?;
        if file.try_lock().is_err() {
            bail!("another process serves the data in {}; stop it first", folder.display());
        }
    }
    let files = ["hearthline.sqlite", "hearthline.sqlite-wal", "hearthline.sqlite-shm", "hearthline.key"];
    for name in files.into_iter().chain(TaskStandIn::FILES) {
        let path = folder.join(name);
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    Ok(())
}

/// A folder without data is marked before the first demonstration writes into it.
fn mark(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    if !folder.join("hearthline.sqlite").exists() {
        std::fs::write(folder.join(MARKER), "Demonstration data. `hearthline demo --fresh` deletes it.\n")
            .with_context(|| format!("{} cannot be written to", folder.display()))?;
    }
    Ok(())
}

async fn set_up(engine: &Engine, options: &Options) -> anyhow::Result<()> {
    if engine.accounts().await?.is_empty() {
        let hash = web::password::hash(PASSWORD.to_owned()).await.map_err(|e| anyhow::anyhow!("{e}"))?;
        let pack = engine.pack();
        let people = pack.demo.as_ref().map(|demo| demo.people.clone()).unwrap_or_default();
        for person in people {
            let account = account(&person, &pack, &hash);
            save(engine, ACCOUNT, &account.id.0, serde_json::to_value(&account)?, "demo person").await?;
        }
        if !options.office_hours {
            always_open(engine).await?;
        }
        if let Some(clock) = options.quick_clocks {
            quick_clocks(engine, clock).await?;
        }
    }
    Ok(())
}

async fn save(
    engine: &Engine,
    kind: &'static str,
    id: &str,
    data: serde_json::Value,
    reason: &str,
) -> anyhow::Result<()> {
    let change =
        Change { kind, id: id.to_owned(), expected: None, data: Some(data), reason: reason.to_owned() };
    engine.save(change, DEMO).await.with_context(|| format!("the demo's {kind} {id} could not be set up"))
}

async fn always_open(engine: &Engine) -> anyhow::Result<()> {
    let whole: Vec<domain::pack::OpenSpan> = serde_json::from_value(serde_json::json!(["00:00-24:00"]))?;
    let pack = engine.pack();
    let of_queues = |hours: &&Hours| pack.queues.queues.iter().any(|queue| queue.hours == hours.id);
    // Offices keep their hours, and the holidays that they take from the queues: nobody is there at night.
    let holidays = pack.appointments.as_ref().and_then(|book| {
        let from = pack.queues.hours.iter().find(|hours| hours.id == book.rules.holidays_from)?;
        Some(from.holidays.clone())
    });
    for hours in pack.queues.hours.iter().filter(|hours| !of_queues(hours)) {
        let known = hours.holidays.clone();
        let with = Hours { holidays: holidays.clone().unwrap_or(known), ..hours.clone() };
        let value = serde_json::to_value(&with)?;
        save(engine, HOURS, &hours.id, value, "the offices' holidays, while the queues have none").await?;
    }
    for hours in pack.queues.hours.iter().filter(of_queues) {
        let open = Hours {
            title: format!("{} (demo: always open)", hours.title),
            monday: whole.clone(),
            tuesday: whole.clone(),
            wednesday: whole.clone(),
            thursday: whole.clone(),
            friday: whole.clone(),
            saturday: whole.clone(),
            sunday: whole.clone(),
            holidays: Vec::new(),
            // What memos lay over the hours stands in here already, and would close the demo again.
            patterns: Vec::new(),
            ..hours.clone()
        };
        save(
            engine,
            HOURS,
            &hours.id,
            serde_json::to_value(&open)?,
            "the demo is open whenever somebody tries it",
        )
        .await?;
    }
    Ok(())
}

/// Shorter clocks, as a dated change of the procedure's settings like any other.
async fn quick_clocks(engine: &Engine, seconds: u32) -> anyhow::Result<()> {
    let seconds = seconds.clamp(2, 3600);
    for mut version in engine.pack().sop_sms.clone() {
        version.customer_silent_seconds.value = seconds;
        version.delay_reply_seconds.value = seconds;
        version.check_in_seconds.value = seconds;
        let id = version.version.clone();
        save(
            engine,
            engine::records::SOP_SMS,
            &id,
            serde_json::to_value(&version)?,
            "quicker clocks for trying out",
        )
        .await?;
    }
    Ok(())
}

fn account(person: &DemoPerson, pack: &Pack, hash: &str) -> Account {
    let role = match person.role {
        PersonRole::Technician => Role::Technician,
        PersonRole::Supervisor => Role::Supervisor,
        PersonRole::Coordinator => Role::Coordinator,
        PersonRole::Manager => Role::Manager,
        PersonRole::Editor => Role::Editor,
        PersonRole::Admin => Role::Admin,
    };
    Account {
        id: StaffId(person.user_name.clone()),
        name: person.name.clone(),
        first_name: person.first_name.clone(),
        roles: vec![role],
        office: person.office.clone(),
        programmes: Vec::new(),
        supervisor: person.supervisor.as_ref().map(|id| StaffId(id.clone())),
        skills: person.skills.iter().map(|skill| (skill.skill.clone(), skill.level)).collect(),
        sms_capacity: person.capacity_sms.unwrap_or(pack.queues.capacity.sms),
        password_hash: hash.to_owned(),
        disabled: false,
        demo: true,
        failed_sign_ins: 0,
        locked_until: 0,
    }
}

fn greet(address: SocketAddr, pack: &Pack) {
    let at = format!("http://localhost:{}", address.port());
    say(format_args!("listening on http://{address}"));
    say("");
    say(format_args!("  Hearthline demo for {}: {at}", pack.agency.name));
    say("");
    say(format_args!("  Everybody's password is  {PASSWORD}"));
    for person in pack.demo.iter().flat_map(|demo| &demo.people) {
        let role = format!("{:?}", person.role).to_lowercase();
        say(format_args!("    {:<14} {role:<12} {}", person.user_name, person.name));
    }
    let technician =
        pack.demo.iter().flat_map(|demo| &demo.people).find(|p| p.role == PersonRole::Technician);
    let supervisor =
        pack.demo.iter().flat_map(|demo| &demo.people).find(|p| p.role == PersonRole::Supervisor);
    let name = |person: Option<&DemoPerson>| person.map(|p| p.user_name.clone()).unwrap_or_default();
    say("");
    say("  Try first:");
    say(format_args!("    1. Sign in at {at} as {} and go On queue.", name(technician)));
    say(format_args!("    2. Open {at}/demo/handset in a second window and send a text."));
    say("    3. Accept it at the desk, send the Greeting, answer; press / for the canned responses.");
    say(format_args!(
        "    4. Watch from {at}/floor as {} (a private window keeps both signed in).",
        name(supervisor)
    ));
    say(format_args!(
        "    5. Book a visit as a customer at {at}/visit, with the number of a handset; the text arrives there."
    ));
    say("");
    say("  Nothing leaves this machine. Stop with Ctrl+C; the data stays (--fresh begins anew).");
}
