//! Every command as an operator uses it: what it says, what it refuses, and what it leaves behind.

use std::io::Read as _;
use std::path::Path;

use channels::twilio::{API_BASE, FORM, SIGNATURE_HEADER, Settings, Twilio};
use domain::permission::Role;
use domain::view::{INTERACTION, What};
use store::sqlite::{Options, SqliteStore};
use store::{Commit, Row, RowChange, RowQuery, Store as _};

use crate::carrier::Carrier;
use crate::http::{call, form, send};
use crate::place::{PASSWORD, Place};
use crate::program::{Outcome, Server, run, run_with};
use crate::reading::{self, block_on};
use crate::robot::Browser;
use crate::{ACCOUNT, LINE, PUBLIC_URL, TOKEN};

fn refused(outcome: &Outcome, words: &[&str]) {
    assert!(!outcome.success, "{outcome:?}");
    for word in words {
        assert!(outcome.err.contains(word), "`{word}` is not in {outcome:?}");
    }
}

/// A text as the carrier brings it; 200 means that it is durable.
fn text(port: u16, n: usize) {
    let settings = Settings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: TOKEN.to_owned(),
        other_token: None,
        api_base: API_BASE.to_owned(),
        status_callback: None,
    };
    let (sid, from, words) = (format!("SM{n}"), format!("+1573555{n:04}"), format!("text {n}"));
    let body = form(&[
        ("AccountSid", ACCOUNT),
        ("MessageSid", &sid),
        ("From", &from),
        ("To", LINE),
        ("Body", &words),
        ("NumMedia", "0"),
    ]);
    let signature = Twilio::new(settings).unwrap().sign(&format!("{PUBLIC_URL}/hooks/sms/twilio"), &body);
    let headers = [("Content-Type", FORM), (SIGNATURE_HEADER, signature.as_str())];
    let answer = call(port, "POST", "/hooks/sms/twilio", &headers, &body).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn incoming(place: &Place) -> Vec<String> {
    let lines = reading::transcripts(&reading::open(place)).into_values().flatten();
    let mut texts: Vec<String> = lines
        .filter(|line| matches!(line.entry.what, What::In { .. }))
        .filter_map(|line| line.text)
        .collect();
    texts.sort();
    texts
}

fn served() -> (Carrier, Place, Server) {
    let carrier = Carrier::willing();
    let place = Place::with_carrier(carrier.port);
    let server = Server::start(&place);
    (carrier, place, server)
}

#[test]
fn doctor_says_what_it_understood_and_warns_of_the_key_beside_the_data() {
    let place = Place::bare();
    let apart = run(&place, &["doctor"]);
    assert!(apart.success, "{apart:?}");
    for word in ["855-684-9242", "none yet", "local outbox", "no [[carrier]] serves the line sms-main"] {
        assert!(apart.out.contains(word), "`{word}` is not in {}", apart.out);
    }
    assert!(!apart.out.contains("beside the data"), "{}", apart.out);
    assert!(!place.data_file().exists(), "asking changes nothing");

    let settings = place.path("beside.toml");
    std::fs::write(&settings, format!("data = {:?}\n", place.path("data"))).unwrap();
    let beside = run_with(&settings, &["doctor"]);
    assert!(
        beside.success && beside.out.contains("WARNING: the key file lies beside the data"),
        "{beside:?}"
    );
}

#[test]
fn doctor_looks_into_the_data_of_a_running_server() {
    let (_carrier, place, server) = served();
    text(server.port, 1);
    let seen = run(&place, &["doctor"]);
    assert!(seen.success, "{seen:?}");
    for word in ["account \u{2026}7e57, for sms-main", "audit log       whole", "inbound 1"] {
        assert!(seen.out.contains(word), "`{word}` is not in {}", seen.out);
    }
    assert!(!seen.out.contains(TOKEN));
    std::fs::remove_file(place.path("token")).unwrap();
    let without = run(&place, &["doctor"]);
    refused(&without, &["one fault would keep the program from working"]);
    assert!(without.out.contains("FAULT: carrier twilio: the secret in"), "{without:?}");
    assert!(!without.out.contains("Nothing"), "{without:?}");
}

#[test]
fn doctor_ends_with_a_failure_for_every_fault_and_with_success_for_what_is_only_to_be_looked_at() {
    let (_carrier, place, server) = served();
    text(server.port, 1);
    assert!(server.stop(30).success());
    let healthy = run(&place, &["doctor"]);
    assert!(healthy.success && healthy.out.contains("WARNING: the role mailbox"), "{healthy:?}");
    assert!(healthy.out.contains("Nothing would keep it from working."), "{healthy:?}");

    let key = std::fs::read(place.key_file()).unwrap();
    std::fs::remove_file(place.key_file()).unwrap();
    let keyless = run(&place, &["doctor"]);
    refused(&keyless, &["one fault"]);
    assert!(keyless.out.contains("FAULT: there is data but no key file"), "{keyless:?}");
    std::fs::write(place.key_file(), key).unwrap();

    let data = std::fs::read(place.data_file()).unwrap();
    std::fs::write(place.data_file(), &data[..data.len() / 2]).unwrap();
    let damaged = run(&place, &["doctor"]);
    refused(&damaged, &["would keep the program from working"]);
    assert!(damaged.out.contains("FAULT: "), "{damaged:?}");
}

#[test]
fn settings_that_cannot_work_are_named() {
    let place = Place::bare();
    let carrier = |sid: &str, line: &str, base: &str| {
        std::fs::write(place.path("token"), TOKEN).unwrap();
        format!(
            "[[carrier]]\nkind = \"twilio\"\nlines = [\"{line}\"]\naccount_sid = \"{sid}\"\n\
             auth_token = {{ file = {:?} }}\napi_base = \"{base}\"\n",
            place.path("token")
        )
    };
    let once = carrier(ACCOUNT, "sms-main", API_BASE);
    let cases = [
        ("listen_on = \"127.0.0.1:1\"".to_owned(), "listen_on"),
        ("session_idle_minutes = 0".to_owned(), "session_idle_minutes"),
        (format!("pack = {:?}", place.path("nowhere")), "nowhere"),
        ("[mail]\nhost = \"mail.example.gov\"\nfrom = \"a@example.gov\"\ntls = false".to_owned(), "TLS"),
        ("[[carrier]]\nkind = \"pigeon\"\nlines = []".to_owned(), "pigeon"),
        (carrier("AC12", "sms-main", API_BASE), "account SID"),
        (carrier(ACCOUNT, "sms-main", "http://carrier.example.gov"), "https://"),
        (carrier(ACCOUNT, "sms-other", API_BASE), "sms-other"),
        (format!("{once}\n{once}"), "twilio"),
    ];
    for (more, word) in cases {
        place.write_settings(&more);
        for command in ["doctor", "serve"] {
            refused(&run(&place, &[command]), &[word]);
        }
        assert!(!place.data_file().exists(), "{more}");
    }
    let missing = run_with(Path::new("/nowhere/hearthline.toml"), &["doctor"]);
    refused(&missing, &["/nowhere/hearthline.toml", "--config"]);
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let (_carrier, place, server) = served();
    refused(&run(&place, &["serve"]), &["another process serves the data"]);
    refused(&run(&place, &["replay", "--write"]), &["another process serves the data"]);
    text(server.port, 1);
    assert_eq!(incoming(&place), ["text 1"]);
    server.kill();
    // A killed process leaves no lock behind.
    assert!(Server::start(&place).stop(30).success());
}

#[test]
fn another_key_than_the_datas_own_is_refused_and_a_new_one_is_never_made_over_it() {
    let (_carrier, place, server) = served();
    text(server.port, 1);
    assert!(server.stop(30).success());
    let own = std::fs::read(place.key_file()).unwrap();
    std::fs::write(place.key_file(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    refused(&run(&place, &["serve"]), &["key"]);
    refused(&run(&place, &["replay"]), &["key"]);
    std::fs::write(place.key_file(), "not a key").unwrap();
    refused(&run(&place, &["serve"]), &["base64"]);
    std::fs::remove_file(place.key_file()).unwrap();
    refused(&run(&place, &["serve"]), &["key"]);
    assert!(!place.key_file().exists(), "a fresh key would hide that the right one is missing");
    std::fs::write(place.key_file(), own).unwrap();
    assert!(Server::start(&place).stop(30).success());
    assert_eq!(incoming(&place), ["text 1"]);
}

#[test]
fn a_backup_of_a_running_server_is_good_and_serves_from_a_new_place() {
    let (carrier, place, server) = served();
    (1..=20).for_each(|n| text(server.port, n));
    let copy = place.path("copy.sqlite");
    let to = copy.to_str().unwrap();
    // Texts come in while it copies.
    let backed_up = std::thread::scope(|scope| {
        let more = scope.spawn(|| (21..=60).for_each(|n| text(server.port, n)));
        let backed_up = run(&place, &["backup", "--to", to]);
        more.join().unwrap();
        backed_up
    });
    assert!(backed_up.success && backed_up.out.contains("proved good"), "{backed_up:?}");
    refused(&run(&place, &["backup", "--to", to]), &["never overwrites"]);
    let proved = run(&place, &["restore", "--verify", "--from", to]);
    assert!(proved.success && proved.out.contains("nothing was changed"), "{proved:?}");
    refused(&run(&place, &["restore", "--from", to]), &["hearthline.sqlite"]);

    let elsewhere = Place::with_carrier(carrier.port);
    refused(&run(&elsewhere, &["restore", "--from", to]), &["key"]);
    std::fs::copy(place.key_file(), elsewhere.key_file()).unwrap();
    let restored = run(&elsewhere, &["restore", "--from", to]);
    assert!(restored.success && restored.out.contains("is in place"), "{restored:?}");
    let kept = incoming(&elsewhere);
    assert!(kept.len() >= 20, "{kept:?}");
    let second = Server::start(&elsewhere);
    text(second.port, 99);
    assert!(second.stop(30).success());
    assert_eq!(incoming(&elsewhere).len(), kept.len() + 1);
    let replayed = run(&elsewhere, &["replay"]);
    assert!(replayed.success && replayed.out.contains(" 0 differ."), "{replayed:?}");
    assert_eq!(incoming(&place).len(), 60);
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing() {
    let (carrier, place, server) = served();
    text(server.port, 1);
    let copy = place.path("copy.sqlite");
    assert!(run(&place, &["backup", "--to", copy.to_str().unwrap()]).success);
    let mut bytes = std::fs::read(&copy).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 8192].fill(0x5a);
    std::fs::write(&copy, bytes).unwrap();
    let elsewhere = Place::with_carrier(carrier.port);
    std::fs::copy(place.key_file(), elsewhere.key_file()).unwrap();
    for more in [vec!["--verify"], vec![]] {
        let mut arguments = vec!["restore", "--from", copy.to_str().unwrap()];
        arguments.extend(more);
        let outcome = run(&elsewhere, &arguments);
        assert!(!outcome.success, "{outcome:?}");
    }
    assert!(!elsewhere.data_file().exists());
}

#[test]
fn replay_finds_a_row_that_differs_and_puts_it_right() {
    let (_carrier, place, server) = served();
    (1..=3).for_each(|n| text(server.port, n));
    // Reading beside a running server is fine.
    let while_running = run(&place, &["replay"]);
    assert!(while_running.success && while_running.out.contains(" 0 differ."), "{while_running:?}");
    assert!(server.stop(30).success());

    let store = SqliteStore::open(&place.data_file(), place.vault(), &Options::default()).unwrap();
    let query =
        RowQuery { kind: INTERACTION.to_owned(), group: None, after: None, descending: false, limit: 1 };
    let row = block_on(store.rows(query)).unwrap().remove(0);
    let spoilt = Row { data: row.data.replace("\"inbound\":1", "\"inbound\":7"), ..row.clone() };
    assert_ne!(spoilt, row);
    block_on(store.commit(Commit { rows: vec![RowChange::Put(spoilt)], ..Commit::default() })).unwrap();
    drop(store);

    let found = run(&place, &["replay"]);
    refused(&found, &["--write"]);
    assert!(found.out.contains(" 1 differ.") && found.out.contains(&row.id), "{found:?}");
    assert!(run(&place, &["replay", "--write"]).success);
    let again = run(&place, &["replay"]);
    assert!(again.success && again.out.contains(" 0 differ."), "{again:?}");
}

#[test]
fn the_audit_log_shows_a_line_that_was_changed() {
    let place = Place::bare();
    place.write_people(&[("worker", Role::Technician)]);
    let server = Server::start(&place);
    Browser::sign_in(server.port, "worker");
    assert!(server.stop(30).success());
    let whole = run(&place, &["verify-audit"]);
    assert!(whole.success && whole.out.contains("is whole"), "{whole:?}");
    let mut bytes = std::fs::read(place.data_file()).unwrap();
    let at = bytes.windows(9).position(|window| window == b"signed_in").unwrap();
    bytes[at + 7..at + 9].copy_from_slice(b"up");
    std::fs::write(place.data_file(), bytes).unwrap();
    refused(&run(&place, &["verify-audit"]), &["audit"]);
}

#[test]
fn the_first_start_prints_a_code_that_makes_one_administrator() {
    let place = Place::bare();
    let server = Server::start(&place);
    let line = server.line().unwrap();
    assert!(line.contains(&format!("{PUBLIC_URL}/first-start")), "{line}");
    let code = line.rsplit(' ').next().unwrap();
    let first = |code: &str, name: &str| {
        let fields = [("code", code), ("name", name), ("full_name", "First Admin"), ("password", PASSWORD)];
        call(server.port, "POST", "/first-start", &[("Content-Type", FORM)], &form(&fields)).unwrap()
    };
    assert_eq!(first("0000000000000000", "root").status, 401);
    let made = first(code, "root");
    assert_eq!(made.status, 303, "{}", made.body);
    let admin = Browser::with_cookie_of(server.port, &made);
    assert_eq!(admin.get(server.port, "/admin").unwrap().status, 200);
    assert_eq!(first(code, "second").status, 404);
    assert!(server.stop(30).success());
    let again = Server::start(&place);
    Browser::sign_in(again.port, "root");
    assert_eq!(again.printed_until_stopped(30), Vec::<String>::new(), "there is an account now");
}

#[test]
fn a_server_with_open_screens_stops_when_it_is_asked_to() {
    let place = Place::bare();
    place.write_people(&[("worker", Role::Technician), ("chief", Role::Supervisor)]);
    let server = Server::start(&place);
    let mut streams = Vec::new();
    for (name, screen) in [("worker", "desk"), ("worker", "desk"), ("chief", "floor")] {
        let browser = Browser::sign_in(server.port, name);
        let path = format!("/live?screen={screen}");
        let mut stream = send(server.port, "GET", &path, &[("Cookie", &browser.cookie)], b"").unwrap();
        let mut piece = [0; 64];
        assert!(stream.read(&mut piece).unwrap() > 0);
        streams.push(stream);
    }
    assert!(server.stop(30).success());
    // Each stream was brought to its end, and not cut off.
    for mut stream in streams {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert!(rest.ends_with(b"0\r\n\r\n"), "the stream broke off");
    }
}

#[test]
fn version_and_help_name_every_command() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_hearthline")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["serve", "demo", "doctor", "backup", "restore", "replay", "verify-audit", "bench"] {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(command)),
            "{command} is not in {help}"
        );
    }
}
