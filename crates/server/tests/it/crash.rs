//! The real program under load, killed at seeded moments: whatever was answered is there exactly once, and every clock
//! still fires, once, in order.
//!
//! Customers text through signed webhooks and call again until they hear 200, as carriers do; some call twice. The
//! carrier's REST interface takes, refuses, hangs up, or takes without being heard. A technician works by HTTP. The
//! queue sends its delay texts by itself, with clocks of two seconds (SMS-DELAY-1 to SMS-DELAY-5). Twenty-four times
//! the process is killed when something has just been sent or answered, and a few times more while it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use channels::twilio::{API_BASE, FORM, SIGNATURE_HEADER, Settings, Twilio};
use domain::canned::CannedKind;
use domain::event::Purpose;
use domain::interaction::{Delivery, EndReason, Phase};
use domain::permission::Role;
use domain::view::What;
use store::{EffectState, Store as _};

use crate::carrier::{Call, Carrier, Say};
use crate::http::{call, form, send};
use crate::place::Place;
use crate::program::{Server, run};
use crate::reading::{self, Line, block_on};
use crate::robot::{Browser, Technician};
use crate::{ACCOUNT, LINE, PUBLIC_URL, TOKEN, a_moment, wait_for};

/// Kills while it serves.
const KILLS: u32 = 24;
/// Kills while it starts, in between.
const KILLS_AT_START: u32 = 4;
/// Customers who write on and on.
const CHATTY: u32 = 5;
/// Customers who write once and fall silent, and come back after Goodbye.
const QUIET: u32 = 9;
/// The carrier's paths.
const HOOK: &str = "/hooks/sms/twilio";

/// Seeded choices (xorshift), so that a failing run can be looked at again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(sides)).unwrap()
    }
}

/// Something that has just happened, at which the process may be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// A webhook is about to be posted.
    Texting,
    /// A webhook was answered 200.
    Answered,
    /// The program asks the carrier's REST interface, which has not answered yet.
    Asked,
    /// The carrier took a text.
    Taken,
    /// A delivery report was answered 200.
    Reported,
    /// The technician has looked at the desk and acted.
    Worked,
}

const MOMENTS: [Moment; 6] =
    [Moment::Texting, Moment::Answered, Moment::Asked, Moment::Taken, Moment::Reported, Moment::Worked];

/// What the threads share.
struct World {
    port: AtomicU16,
    /// The kills are over: nobody begins anything new.
    over: AtomicBool,
    moments: Mutex<Sender<Moment>>,
    /// Texts whose webhook was answered 200, with their customer.
    accepted: Mutex<BTreeMap<String, String>>,
    repeated: AtomicU32,
    /// Keys under which Goodbye was taken, by customer.
    goodbyes: Mutex<BTreeMap<String, BTreeSet<String>>>,
    /// Nothing is left to do.
    settled: AtomicBool,
}

impl World {
    fn port(&self) -> u16 {
        self.port.load(Ordering::SeqCst)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    fn tell(&self, moment: Moment) {
        self.moments.lock().unwrap().send(moment).unwrap();
    }

    /// Posts a signed form until it is answered 200, as the carrier does.
    fn post(&self, path_and_query: &str, fields: &[(&str, &str)], before: Option<Moment>, after: Moment) {
        let body = form(fields);
        let signature = twilio().sign(&format!("{PUBLIC_URL}{path_and_query}"), &body);
        wait_for("a webhook's answer", 120, || {
            if let Some(before) = before {
                self.tell(before);
            }
            let headers = [("Content-Type", FORM), (SIGNATURE_HEADER, signature.as_str())];
            match call(self.port(), "POST", path_and_query, &headers, &body) {
                Ok(answer) if answer.status == 200 => Some(()),
                Ok(answer) => {
                    assert!(answer.status >= 500, "{path_and_query}: {} {}", answer.status, answer.body);
                    None
                }
                Err(_) => None,
            }
        });
        self.tell(after);
    }

    fn farewells(&self, number: &str) -> usize {
        self.goodbyes.lock().unwrap().get(number).map_or(0, BTreeSet::len)
    }

    fn text(&self, from: &str, sid: &str, words: &str) {
        let fields = [
            ("AccountSid", ACCOUNT),
            ("MessageSid", sid),
            ("From", from),
            ("To", LINE),
            ("Body", words),
            ("NumMedia", "0"),
        ];
        self.post(HOOK, &fields, Some(Moment::Texting), Moment::Answered);
        self.accepted.lock().unwrap().insert(words.to_owned(), from.to_owned());
    }
}

fn twilio() -> Twilio {
    Twilio::new(Settings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: TOKEN.to_owned(),
        other_token: None,
        api_base: API_BASE.to_owned(),
        status_callback: None,
    })
    .unwrap()
}

/// Somebody who texts. Every text says something of its own, so that it can be found again.
fn customer(world: &World, who: u32) {
    let number = format!("+1573555{:04}", 1000 + who);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ u64::from(who + 1));
    let quiet = who >= CHATTY;
    for n in 0_u32.. {
        if world.is_over() {
            break;
        }
        let (sid, words) =
            (format!("SMin{who}x{n}"), format!("Customer {} asks for the {} time", spelt(who), spelt(n)));
        let goodbyes = world.farewells(&number);
        world.text(&number, &sid, &words);
        if dice.roll(3) == 0 {
            // The carrier did not hear our answer and calls again.
            world.text(&number, &sid, &words);
            world.repeated.fetch_add(1, Ordering::SeqCst);
        }
        if quiet {
            wait_for("a farewell", 150, || {
                (world.is_over() || world.farewells(&number) > goodbyes).then_some(())
            });
        } else {
            a_moment(2 + dice.roll(12));
        }
    }
}

/// Texts in words: digits could be taken for somebody's number and be masked.
fn spelt(n: u32) -> String {
    n.to_string().bytes().map(|digit| char::from(b'a' + (digit - b'0'))).collect()
}

fn is_goodbye(text: &str) -> bool {
    text.ends_with("Good bye.")
}

/// A text that the carrier took: it reports `sent` and `delivered`.
fn report(world: &World, taken: &Call) {
    let path = taken.callback.strip_prefix(PUBLIC_URL).unwrap();
    let sid = taken.sid.as_deref().unwrap();
    for state in ["sent", "delivered"] {
        let fields = [
            ("AccountSid", ACCOUNT),
            ("MessageSid", sid),
            ("MessageStatus", state),
            ("From", LINE),
            ("To", &taken.to),
        ];
        world.post(path, &fields, None, Moment::Reported);
    }
}

/// The technician's day, until everything has settled.
fn work(world: &World, browser: Browser) {
    let mut technician = Technician::new(browser);
    let (mut known, mut rounds) = (0, 0_u32);
    while !world.settled.load(Ordering::SeqCst) {
        let port = world.port();
        if port != known || rounds.is_multiple_of(50) {
            known = if technician.browser.go_on_queue(port).is_ok() { port } else { 0 };
        }
        if technician.work(port).is_ok() {
            world.tell(Moment::Worked);
        }
        rounds += 1;
        a_moment(4);
    }
}

/// The desk's live stream, opened again whenever it breaks: while it is open the technician holds the line.
fn hold_line(world: &World, browser: &Browser) {
    let over = || world.settled.load(Ordering::SeqCst);
    while !over() {
        if let Ok(mut stream) =
            send(world.port(), "GET", "/live?screen=desk", &[("Cookie", &browser.cookie)], b"")
        {
            let mut piece = [0; 4096];
            while !over() && stream.read(&mut piece).is_ok_and(|read| read > 0) {}
        }
        a_moment(2);
    }
}

/// The carrier's moods: it mostly takes a text, else it asks for patience, fails, hangs up, or is not heard.
fn moods() -> impl FnMut(&Call) -> Say + Send + 'static {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    move |_| match dice.roll(20) {
        0 => Say::No(500, "X-Mood: bad", "{}"),
        1 => Say::No(429, "Retry-After: 1", r#"{"code":20429}"#),
        2 => Say::Nothing,
        3 => Say::YesUnheard,
        _ => Say::Yes,
    }
}

/// Kills the server at seeded moments, again and again, and gives the last one, which lives.
fn kill_again_and_again(world: &World, place: &Place, first: Server, moments: &Receiver<Moment>) -> Server {
    let mut dice = Dice(0xd134_2543_de82_ef95);
    let mut server = first;
    for killed in 1..=KILLS {
        let (wanted, nth) = (MOMENTS[usize::try_from(dice.roll(6)).unwrap()], 1 + dice.roll(16));
        while moments.try_recv().is_ok() {}
        let mut seen = 0;
        while seen < nth {
            // Under load something happens all the time; a moment of another kind does as well after a while.
            let Ok(moment) = moments.recv_timeout(Duration::from_secs(3)) else { break };
            seen += u32::from(moment == wanted);
        }
        server.kill();
        if killed % (KILLS / KILLS_AT_START) == 0 {
            Server::start_and_kill(place, Duration::from_millis(u64::from(dice.roll(400))));
        }
        server = Server::start(place);
        world.port.store(server.port, Ordering::SeqCst);
    }
    server
}

#[test]
fn a_killed_server_loses_nothing_it_accepted_and_every_clock_still_fires() {
    let (to_world, taken) = channel::<Call>();
    let (tell, moments) = channel();
    let to_world = Mutex::new(to_world);
    let asked = tell.clone();
    let mut mood = moods();
    let answer = move |request: &Call| {
        asked.send(Moment::Asked).unwrap();
        mood(request)
    };
    let heard = Mutex::new(tell.clone());
    let carrier = Carrier::start(answer, move |request| {
        heard.lock().unwrap().send(Moment::Taken).unwrap();
        to_world.lock().unwrap().send(request.clone()).unwrap();
    });
    let place = Place::with_carrier(carrier.port);
    place.write_people(&[("worker", Role::Technician)]);
    let server = Server::start(&place);
    let browser = Browser::sign_in(server.port, "worker");
    let world = World {
        port: AtomicU16::new(server.port),
        over: AtomicBool::new(false),
        settled: AtomicBool::new(false),
        moments: Mutex::new(tell),
        accepted: Mutex::default(),
        repeated: AtomicU32::new(0),
        goodbyes: Mutex::default(),
    };
    let taken = Mutex::new(taken);
    std::thread::scope(|scope| {
        let (world, taken) = (&world, &taken);
        let live = browser.clone();
        scope.spawn(move || hold_line(world, &live));
        scope.spawn(move || work(world, browser));
        scope.spawn(move || report_all(world, taken));
        let customers: Vec<_> =
            (0..CHATTY + QUIET).map(|who| scope.spawn(move || customer(world, who))).collect();
        // A failed thread must not leave the others going for ever.
        let guard = Settle(world);
        let server = kill_again_and_again(world, &place, server, &moments);
        world.over.store(true, Ordering::SeqCst);
        for customer in customers {
            customer.join().unwrap();
        }
        wait_for("everything to settle", 120, || {
            // Each look reads much of the store; one at a time is enough.
            a_moment(8);
            is_settled(&place).then_some(())
        });
        drop(guard);
        assert!(server.stop(30).success());
    });
    proofs(&place, &world, &carrier);
}

/// Ends the threads' loops when the main one is through, or has failed.
struct Settle<'w>(&'w World);

impl Drop for Settle<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::SeqCst);
        self.0.settled.store(true, Ordering::SeqCst);
    }
}

fn report_all(world: &World, taken: &Mutex<Receiver<Call>>) {
    let taken = taken.lock().unwrap();
    while !world.settled.load(Ordering::SeqCst) {
        if let Ok(request) = taken.recv_timeout(Duration::from_millis(100)) {
            if is_goodbye(&request.text) {
                let mut goodbyes = world.goodbyes.lock().unwrap();
                goodbyes.entry(request.to.clone()).or_default().insert(request.key.clone());
            }
            report(world, &request);
        }
    }
}

/// Every interaction is done, nothing waits to go out, and every text of ours is known to have arrived.
fn is_settled(place: &Place) -> bool {
    let store = reading::open(place);
    reading::cards(&store).iter().all(|card| card.phase == Phase::Done)
        && block_on(store.lanes()).unwrap().is_empty()
        && reading::transcripts(&store).values().flatten().all(|line| match &line.entry.what {
            What::Out { delivery, .. } => matches!(delivery, Delivery::Delivered | Delivery::Failed { .. }),
            What::In { .. } | What::Act { .. } => true,
        })
}

fn proofs(place: &Place, world: &World, carrier: &Carrier) {
    let replayed = run(place, &["replay"]);
    assert!(replayed.success && replayed.out.contains(" 0 differ."), "{replayed:?}");
    let audited = run(place, &["verify-audit"]);
    assert!(audited.success && audited.out.contains("whole"), "{audited:?}");
    let store = reading::open(place);
    assert!(block_on(store.dead_letters(10)).unwrap().is_empty());
    assert!(block_on(store.effects(EffectState::Dead, 10)).unwrap().is_empty());
    let transcripts = reading::transcripts(&store);
    nothing_accepted_is_lost_or_doubled(world, transcripts.values().flatten());
    for card in reading::cards(&store) {
        assert_eq!(card.end_reason, Some(EndReason::NoResponse), "{card:?}");
        clocks_fired_in_order(&transcripts[&card.id]);
    }
    let of_customer = |number: &str| -> Vec<&Line> {
        let cards = reading::cards(&store).into_iter().filter(|card| card.customer.0 == number);
        cards.flat_map(|card| transcripts[&card.id].iter()).collect()
    };
    let numbers: BTreeSet<String> = world.accepted.lock().unwrap().values().cloned().collect();
    assert_eq!(numbers.len(), usize::try_from(CHATTY + QUIET).unwrap());
    for number in &numbers {
        the_carrier_was_asked_once_for_each_in_order(carrier, number, &of_customer(number));
    }
    let calls = carrier.calls();
    assert!(world.repeated.load(Ordering::SeqCst) > 0, "no webhook came twice");
    assert!(calls.iter().any(|request| request.sid.is_none()), "the carrier never refused");
    let (texts, ended) = (world.accepted.lock().unwrap().len(), transcripts.len());
    assert!(ended > numbers.len(), "{ended} interactions for {} customers", numbers.len());
    println!(
        "{KILLS} kills, {texts} texts in, {ended} interactions, {} requests to the carrier",
        calls.len()
    );
}

fn nothing_accepted_is_lost_or_doubled<'l>(world: &World, lines: impl Iterator<Item = &'l Line>) {
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for line in lines.filter(|line| matches!(line.entry.what, What::In { .. })) {
        *found.entry(line.text.clone().unwrap()).or_default() += 1;
    }
    let wanted: BTreeMap<String, u32> =
        world.accepted.lock().unwrap().keys().map(|text| (text.clone(), 1)).collect();
    let wrong: Vec<_> = wanted
        .keys()
        .map(|text| (text, found.get(text).copied().unwrap_or(0)))
        .filter(|(_, count)| *count != 1)
        .collect();
    assert!(wrong.is_empty(), "texts that were answered 200, and how often they are there: {wrong:?}");
    assert_eq!(found, wanted);
}

/// SMS-DELAY-2, SMS-DELAY-4, SMS-DELAY-5: after the customer's last word each of the three went once, in this order.
fn clocks_fired_in_order(lines: &[Line]) {
    let last_word = lines.iter().rposition(|line| matches!(line.entry.what, What::In { .. })).unwrap();
    let scripts = |lines: &[Line]| -> Vec<CannedKind> {
        let kinds = lines.iter().filter_map(|line| match &line.entry.what {
            What::Out { purpose: Purpose::Scripted(kind), .. } => Some(*kind),
            _ => None,
        });
        kinds
            .filter(|kind| {
                matches!(kind, CannedKind::DelayNotice | CannedKind::DelayWrapUp | CannedKind::Goodbye)
            })
            .collect()
    };
    let wanted = [CannedKind::DelayNotice, CannedKind::DelayWrapUp, CannedKind::Goodbye];
    assert_eq!(scripts(&lines[last_word..]), wanted, "{lines:#?}");
    // Before it there may be notices that the customer's word called off, and nothing of the end.
    assert!(scripts(&lines[..last_word]).iter().all(|kind| *kind == CannedKind::DelayNotice), "{lines:#?}");
}

/// At least once each under one key, and the first time in the transcript's order.
fn the_carrier_was_asked_once_for_each_in_order(carrier: &Carrier, number: &str, lines: &[&Line]) {
    let ours: Vec<(String, String)> = lines
        .iter()
        .filter(|line| matches!(line.entry.what, What::Out { .. }))
        .map(|line| (reading::message(&line.entry).unwrap().to_string(), line.text.clone().unwrap()))
        .collect();
    let mut asked: Vec<(String, String)> = Vec::new();
    for request in carrier.calls().into_iter().filter(|request| request.to == number) {
        assert_eq!(request.from, LINE);
        if !asked.iter().any(|(key, _)| *key == request.key) {
            asked.push((request.key, request.text));
        }
    }
    assert_eq!(asked, ours, "what the carrier was asked for, and what the transcripts of {number} hold");
}
