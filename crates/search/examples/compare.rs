//! Other engines on the same texts and questions, for `hearthline bench --part knowledge`.
//!
//! Owns SQLite's FTS5 within this process and, where the machine has it, a PostgreSQL of its own that nobody else can
//! reach: its data lie in a private folder, it listens on a socket in that folder only, and it is stopped and removed at
//! the end. It draws no conclusions.
//!
//! `compare FOLDER` reads `passages.tsv` (page, anchor, title, heading, text) and `questions.tsv` (FTS5's words,
//! `to_tsquery`'s words), says `engine NAME TITLE BYTES SECONDS` or `absent NAME REASON` for each, then `ready`, all
//! parted by tabs. A line `NAME FROM TO` on its input puts those questions; the answer is `times ANSWERED MS MS ...`.
//! It ends with its input. To compare with one more engine, add a variant of `Engine`.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use rusqlite::{Connection, params};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Questions put before each stretch that count for nothing: caches and dictionaries are read meanwhile.
const WARM: usize = 10;

struct Row {
    page: String,
    anchor: String,
    title: String,
    heading: String,
    text: String,
}

struct Asked {
    fts5: String,
    tsquery: String,
}

/// How many questions had an answer, and the time of each in milliseconds.
type Timed = (usize, Vec<f64>);

enum Engine {
    Fts5(Connection),
    Postgres(Postgres),
}

impl Engine {
    fn ask(&self, asked: &[Asked]) -> Outcome<Timed> {
        match self {
            Self::Fts5(database) => {
                for one in asked.iter().take(WARM) {
                    ask_fts5(database, one)?;
                }
                let mut timed = (0, Vec::with_capacity(asked.len()));
                for one in asked {
                    let start = Instant::now();
                    let found = ask_fts5(database, one)?;
                    timed.1.push(start.elapsed().as_secs_f64() * 1e3);
                    timed.0 += usize::from(found > 0);
                }
                Ok(timed)
            }
            Self::Postgres(server) => server.ask(asked),
        }
    }
}

fn main() -> Outcome<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("the folder is missing")?);
    let (rows, asked) = (rows(&folder)?, asked(&folder)?);
    let mut out = std::io::stdout().lock();
    let mut engines = Vec::new();
    for (name, title, by_passage) in
        [("passages", "FTS5, a row per paragraph", true), ("articles", "FTS5, a row per page", false)]
    {
        let (start, file) = (Instant::now(), folder.join(format!("{name}.db")));
        let database = fts5(&file, &rows, by_passage)?;
        let (bytes, spent) = (file.metadata()?.len(), start.elapsed().as_secs_f64());
        writeln!(out, "engine\t{name}\t{title}\t{bytes}\t{spent:.1}")?;
        engines.push((name, Engine::Fts5(database)));
    }
    let start = Instant::now();
    match Postgres::start(&folder.join("passages.tsv")) {
        Ok(server) => {
            let bytes = server.bytes()?;
            let spent = start.elapsed().as_secs_f64();
            writeln!(out, "engine\tpostgres\t{}, a row per paragraph\t{bytes}\t{spent:.1}", server.version)?;
            engines.push(("postgres", Engine::Postgres(server)));
        }
        Err(reason) => writeln!(out, "absent\tpostgres\t{}", reason.to_string().replace(['\t', '\n'], " "))?,
    }
    writeln!(out, "ready")?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split('\t');
        let (name, from, to) = (words.next(), words.next(), words.next());
        let engine = engines.iter().find(|(known, _)| Some(*known) == name).ok_or("an unknown engine")?;
        let range = from.ok_or("no beginning")?.parse()?..to.ok_or("no end")?.parse()?;
        let (answered, times) = engine.1.ask(asked.get(range).ok_or("no such questions")?)?;
        write!(out, "times\t{answered}")?;
        for time in times {
            write!(out, "\t{time:.4}")?;
        }
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

fn rows(folder: &Path) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for line in std::fs::read_to_string(folder.join("passages.tsv"))?.lines() {
        let mut cells = line.split('\t').map(str::to_owned);
        let mut next = || cells.next().ok_or("a passage lacks a column");
        let (page, anchor, title, heading) = (next()?, next()?, next()?, next()?);
        rows.push(Row { page, anchor, title, heading, text: next()? });
    }
    Ok(rows)
}

fn asked(folder: &Path) -> Outcome<Vec<Asked>> {
    let text = std::fs::read_to_string(folder.join("questions.tsv"))?;
    let one = |line: &str| {
        let (fts5, tsquery) = line.split_once('\t').ok_or("a question lacks a column")?;
        Ok(Asked { fts5: fts5.to_owned(), tsquery: tsquery.to_owned() })
    };
    text.lines().map(one).collect()
}

fn fts5(path: &Path, all: &[Row], by_passage: bool) -> Outcome<Connection> {
    let mut database = Connection::open(path)?;
    database.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA mmap_size = 1073741824;
         CREATE VIRTUAL TABLE texts USING fts5(page UNINDEXED, anchor UNINDEXED, title, heading, body, prefix = '2 3');",
    )?;
    let transaction = database.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO texts VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for page in all.chunk_by(|one, next| !by_passage && one.page == next.page) {
            let Some(first) = page.first() else { continue };
            let join = |part: fn(&Row) -> &str| page.iter().map(part).collect::<Vec<_>>().join("\n");
            let (headings, body) = (join(|row| &row.heading), join(|row| &row.text));
            insert.execute(params![first.page, first.anchor, first.title, headings, body])?;
        }
    }
    transaction.commit()?;
    database.execute_batch("INSERT INTO texts(texts) VALUES ('optimize')")?;
    Ok(database)
}

fn ask_fts5(database: &Connection, asked: &Asked) -> Outcome<usize> {
    let mut statement = database.prepare_cached(
        "SELECT page, anchor, title, heading, snippet(texts, 4, '[', ']', '...', 32), bm25(texts, 0, 0, 3, 2, 1) AS score
         FROM texts WHERE texts MATCH ?1 ORDER BY score LIMIT 10",
    )?;
    let mut rows = statement.query([&asked.fts5])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        let _: (String, String) = (row.get(0)?, row.get(4)?);
        found += 1;
    }
    Ok(found)
}

/// A PostgreSQL of our own.
struct Postgres {
    /// Its programs.
    programs: PathBuf,
    /// Its data and its socket; gone when this is dropped.
    folder: PathBuf,
    version: String,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // What cannot be stopped or removed any more is named by the system's own tools; there is nobody left to tell.
        let mut stop = as_owner(&self.programs.join("pg_ctl"));
        let _ = stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]).output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Postgres {
    /// Makes a data folder, starts a server over it and puts the passages in.
    fn start(passages: &Path) -> Outcome<Self> {
        let programs = programs().ok_or("initdb was not found on this machine")?;
        let folder = std::env::temp_dir().join(format!("hearthline-compare-{}", std::process::id()));
        run(as_owner(Path::new("mkdir")).args(["-m", "700"]).arg(&folder))?;
        let mut server = Self { programs, folder, version: String::new() };
        let data = server.folder.join("data");
        let make = ["-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C", "-N", "-D"];
        run(as_owner(&server.programs.join("initdb")).args(make).arg(&data))?;
        let settings = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c shared_buffers=512MB -c work_mem=64MB \
             -c maintenance_work_mem=512MB -c effective_cache_size=2GB -c jit=off -c fsync=off -c full_page_writes=off",
            server.folder.display()
        );
        let mut start = as_owner(&server.programs.join("pg_ctl"));
        start.arg("-D").arg(&data).arg("-l").arg(server.folder.join("log")).args(["-w", "-o", &settings]);
        // The server would hold our pipes open.
        let started = start.arg("start").stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if !started.success() {
            return Err("the server did not start".into());
        }
        server.fill(passages)?;
        let version = server.query("SHOW server_version")?;
        server.version = format!("PostgreSQL {}", version.split_whitespace().next().unwrap_or_default());
        Ok(server)
    }

    fn fill(&self, passages: &Path) -> Outcome<()> {
        self.query("CREATE TABLE texts (page text, anchor text, title text, heading text, body text)")?;
        // A quoting sign that no text holds, so that every other sign stands for itself.
        self.query(&format!(
            "\\copy texts FROM '{}' WITH (FORMAT csv, DELIMITER E'\\t', QUOTE E'\\x01', NULL E'\\x02')",
            passages.display()
        ))?;
        self.query(
            "ALTER TABLE texts ADD COLUMN words tsvector GENERATED ALWAYS AS (
                setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', heading), 'B')
                || to_tsvector('english', body)) STORED",
        )?;
        self.query("CREATE INDEX texts_words ON texts USING gin (words) WITH (fastupdate = off)")?;
        self.query("VACUUM (ANALYZE) texts").map(|_| ())
    }

    fn bytes(&self) -> Outcome<u64> {
        Ok(self.query("SELECT pg_relation_size('texts_words')")?.trim().parse()?)
    }

    fn client(&self) -> Command {
        let mut client = Command::new(self.programs.join("psql"));
        client.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "bench", "-d", "postgres"]);
        client.arg("-h").arg(&self.folder);
        client
    }

    fn query(&self, words: &str) -> Outcome<String> {
        run(self.client().arg("-c").arg(words))
    }

    /// One connection; its own client takes the times, from sending a question to having its rows.
    fn ask(&self, asked: &[Asked]) -> Outcome<Timed> {
        let script = std::env::temp_dir().join(format!("hearthline-compare-{}.script", std::process::id()));
        let mut words = String::from("\\o /dev/null\n");
        let put = |words: &mut String, one: &Asked| {
            let query = one.tsquery.replace('\'', "''");
            words.push_str(&format!(
                "SELECT page, anchor, title, heading, body, ts_rank(words, to_tsquery('english', '{query}')) AS rank \
                 FROM texts WHERE words @@ to_tsquery('english', '{query}') ORDER BY rank DESC LIMIT 10;\n"
            ));
        };
        asked.iter().take(WARM).for_each(|one| put(&mut words, one));
        words.push_str("\\o\n\\timing on\n");
        for one in asked {
            words.push_str("\\echo ?\n");
            put(&mut words, one);
        }
        std::fs::write(&script, words)?;
        let said = run(self.client().arg("-f").arg(&script));
        let _ = std::fs::remove_file(&script);
        let mut timed = (0, Vec::with_capacity(asked.len()));
        for block in said?.split("?\n").skip(1) {
            let time = block.lines().rev().find_map(|line| line.strip_prefix("Time: "));
            let time = time.and_then(|time| time.split(' ').next()).ok_or("a question without a time")?;
            timed.1.push(time.parse()?);
            timed.0 += usize::from(!block.starts_with("Time: "));
        }
        if timed.1.len() != asked.len() {
            return Err(format!("{} times for {} questions", timed.1.len(), asked.len()).into());
        }
        Ok(timed)
    }
}

/// The folder of PostgreSQL's programs: along `PATH`, or where distributions put them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|entry| entry.path().join("bin")));
    }
    let real = folders.iter().filter_map(|folder| folder.join("initdb").canonicalize().ok());
    let mut homes = real.filter_map(|program| program.parent().map(Path::to_path_buf));
    homes.find(|home| ["pg_ctl", "postgres", "psql"].iter().all(|name| home.join(name).is_file()))
}

/// PostgreSQL refuses to run as root, so that root runs it as the account that its package makes.
fn as_owner(program: &Path) -> Command {
    use std::os::unix::fs::MetadataExt as _;
    let root = std::fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0);
    let mut command = if root { Command::new("runuser") } else { Command::new(program) };
    if root {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command.current_dir(std::env::temp_dir());
    command
}

fn run(command: &mut Command) -> Outcome<String> {
    let done = command.stdin(Stdio::null()).output()?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        let program = command.get_program().to_string_lossy().into_owned();
        return Err(format!("{program}: {}", said.trim()).into());
    }
    Ok(String::from_utf8(done.stdout)?)
}
