//! Books times in a PostgreSQL of its own, for `hearthline bench --part bookings --rival`: the peer of the appointment book.
//!
//! Called with the number of calendars, of starts in each, and of clients. Says `ready` with the version, or `absent` with
//! the reason, on standard output. Then each line on standard input, `plain N` or `whole N`, is one turn of so many
//! attempts per client, answered with `took`, the seconds and the visits booked so far in that table. `plain` inserts one row under an
//! exclusion constraint; `whole` writes beside it, in the same transaction, what a booking leads to: three events, a state,
//! a text and a task. It ends when its input does, and leaves nothing behind.

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Outcome<T> = Result<T, Box<dyn Error>>;

const SCHEMA: &str = "
CREATE EXTENSION btree_gist;
CREATE TABLE plain (id bigserial PRIMARY KEY, calendar int NOT NULL, during tstzrange NOT NULL, phone text NOT NULL,
    EXCLUDE USING gist (calendar WITH =, during WITH &&));
CREATE TABLE whole (LIKE plain INCLUDING ALL, EXCLUDE USING gist (calendar WITH =, during WITH &&));
CREATE TABLE events (position bigserial PRIMARY KEY, visit bigint NOT NULL, version int NOT NULL, data text NOT NULL,
    UNIQUE (visit, version));
CREATE TABLE states (visit bigint PRIMARY KEY, state text NOT NULL);
CREATE TABLE outbox (id bigserial PRIMARY KEY, lane text NOT NULL, data text NOT NULL);
CREATE TABLE texts (id bigserial PRIMARY KEY, body bytea NOT NULL);
CREATE FUNCTION book(place int, slot int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz := timestamptz '2027-01-01' + slot * interval '1 hour';
    made bigint;
BEGIN
    INSERT INTO whole (calendar, during, phone) VALUES (place, tstzrange(start, start + interval '1 hour'), '+15735550101')
        ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO events (visit, version, data)
        SELECT made, n, repeat('e', 400) FROM generate_series(1, 3) AS n;
    INSERT INTO states VALUES (made, repeat('s', 1000));
    INSERT INTO outbox (lane, data) VALUES ('sms-main', repeat('t', 200)), ('tasks', repeat('t', 200));
    INSERT INTO texts (body) VALUES (convert_to(repeat('b', 500), 'UTF8'));
    RETURN true;
END $$;
";

fn main() -> Outcome<()> {
    let numbers: Vec<u32> =
        std::env::args().skip(1).map(|number| number.parse()).collect::<Result<_, _>>()?;
    let [calendars, starts, clients] = numbers.as_slice() else {
        return Err("three numbers: calendars, starts, clients".into());
    };
    let mut out = std::io::stdout().lock();
    let server = match Server::start() {
        Ok(server) => server,
        Err(reason) => {
            writeln!(out, "absent\t{}", reason.to_string().replace(['\t', '\n'], " "))?;
            return Ok(());
        }
    };
    let version = server.query("SHOW server_version")?;
    writeln!(out, "ready\tPostgreSQL {}", version.split_whitespace().next().unwrap_or_default())?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (how, attempts) = line.split_once(' ').ok_or("a turn is a word and a number")?;
        let seconds = server.turn(how, *calendars, *starts, *clients, attempts.parse()?)?;
        let booked = server.query(&format!("SELECT count(*) FROM {how}"))?;
        writeln!(out, "took\t{seconds}\t{}", booked.trim())?;
        out.flush()?;
    }
    Ok(())
}

/// A PostgreSQL of our own, which syncs every commit as it does out of the box.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = as_owner(&self.programs.join("pg_ctl"));
        // What cannot be stopped any more is named by the system's own tools; there is nobody left to tell.
        let _ = stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]).output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    fn start() -> Outcome<Self> {
        let programs = programs().ok_or("initdb and pgbench were not found on this machine")?;
        let folder = std::env::temp_dir().join(format!("hearthline-bookings-{}", std::process::id()));
        run(as_owner(Path::new("mkdir")).args(["-m", "700"]).arg(&folder))?;
        let server = Self { programs, folder };
        let data = server.folder.join("data");
        let make = ["-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C", "-D"];
        run(as_owner(&server.programs.join("initdb")).args(make).arg(&data))?;
        let settings = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c shared_buffers=512MB -c fsync=on \
             -c synchronous_commit=on -c full_page_writes=on -c jit=off",
            server.folder.display()
        );
        let mut start = as_owner(&server.programs.join("pg_ctl"));
        start.arg("-D").arg(&data).arg("-l").arg(server.folder.join("log")).args(["-w", "-o", &settings]);
        // The server would hold our pipes open.
        if !start.arg("start").stdout(Stdio::null()).stderr(Stdio::null()).status()?.success() {
            return Err("the server did not start".into());
        }
        server.query(SCHEMA)?;
        Ok(server)
    }

    fn connection(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(["-U", "bench", "-h"]).arg(&self.folder);
        command
    }

    fn query(&self, words: &str) -> Outcome<String> {
        let mut client = self.connection("psql");
        run(client.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", words]))
    }

    /// One turn; the seconds as PostgreSQL's own client counts them, without connecting.
    fn turn(&self, how: &str, calendars: u32, starts: u32, clients: u32, attempts: u32) -> Outcome<f64> {
        let pick = format!("\\set place random(1, {calendars})\n\\set slot random(1, {starts})\n");
        let act = match how {
            "plain" => {
                "INSERT INTO plain (calendar, during, phone) VALUES (:place, tstzrange(\
                 timestamptz '2027-01-01' + :slot * interval '1 hour', \
                 timestamptz '2027-01-01' + (:slot + 1) * interval '1 hour'), '+15735550101') \
                 ON CONFLICT DO NOTHING;\n"
            }
            "whole" => "SELECT book(:place, :slot);\n",
            _ => return Err("a turn is plain or whole".into()),
        };
        let script =
            std::env::temp_dir().join(format!("hearthline-bookings-{}.{how}.script", std::process::id()));
        std::fs::write(&script, format!("{pick}{act}"))?;
        let mut bench = self.connection("pgbench");
        let (clients_word, attempts_word) = (clients.to_string(), attempts.to_string());
        bench.args(["-n", "-M", "prepared", "-c", &clients_word, "-j", "2", "-t", &attempts_word, "-f"]);
        let said = run(bench.arg(&script).arg("postgres"));
        let _ = std::fs::remove_file(&script);
        let said = said?;
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")).ok_or("no rate was said")?;
        let rate: f64 = rate.split_whitespace().next().ok_or("no rate was said")?.parse()?;
        Ok(f64::from(clients) * f64::from(attempts) / rate)
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
    let needed = ["pg_ctl", "postgres", "psql", "pgbench"];
    homes.find(|home| needed.iter().all(|name| home.join(name).is_file()))
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
