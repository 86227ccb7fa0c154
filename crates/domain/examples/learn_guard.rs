//! Learns the table of `disclosure::opinion` from the labelled texts, and says how the guard does on texts left out.
//!
//! `cargo run --release -p domain --example learn_guard`. The held-out files are not read. The same texts give the same
//! table on every machine: the learner adds, multiplies, divides and takes roots, and its dice are a fixed sequence. With
//! `-- check` the table is not written; the figures of texts left out are printed instead, for several bars.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a tool for one's own desk"
)]

use std::fs;
use std::path::{Path, PathBuf};

use domain::disclosure::opinion::{
    DOUBTS, Features, GROUPS, HEAD, ONE, PLACES, REFUSES, SAMPLED, TAKES_BACK, fingerprint, share,
};
use domain::disclosure::{Allowed, features, rules_found};

/// The files that the table is learned from. On those marked `true` the rules were written, so what the rules find there
/// is no evidence of what they find elsewhere.
const FILES: [(&str, bool); 18] = [
    ("everyday.tsv", false),
    ("tune.tsv", true),
    ("tune_2.tsv", true),
    ("tune_3.tsv", true),
    ("tune_4.tsv", true),
    ("tune_5.tsv", false),
    ("tune_6.tsv", false),
    ("tune_7.tsv", false),
    ("tune_8.tsv", false),
    ("tune_9.tsv", false),
    ("tune_10.tsv", false),
    ("tune_11.tsv", false),
    ("tune_12.tsv", false),
    ("tune_13.tsv", false),
    ("tune_14.tsv", false),
    ("tune_15.tsv", false),
    ("tune_16.tsv", false),
    ("tune_17.tsv", false),
];
/// The files whose last fifth is kept for choosing the bars.
const DEVELOPMENT: [&str; 3] = ["tune_11.tsv", "tune_15.tsv", "tune_16.tsv"];
/// How much a row's error costs beside the size of the weights, and how much more a row of `everyday.tsv` costs.
const COST: f64 = 0.03;
const EVERYDAY_TIMES: f64 = 4.0;
const ROUNDS: usize = 40;

struct Row {
    file: &'static str,
    text: String,
    earlier: Vec<String>,
    refuse: bool,
    development: bool,
    /// Places with how much each counts; the place after the last is the start of the sum.
    points: Vec<(usize, f64)>,
    /// The same text after another text that may leave: what a text is does not hang on what went before it.
    after: Vec<(usize, f64)>,
    found: Found,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Something,
    Firm,
}

fn main() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let texts = folder.join("tests/disclosure");
    let mut rows = read(&texts);
    let (of_texts, of_features) = fill(&mut rows, &texts);
    weigh_by_rarity(&mut rows);
    println!("{} texts, {} of them refused", rows.len(), rows.iter().filter(|row| row.refuse).count());
    let check = std::env::args().any(|word| word == "check");
    if check {
        validate(&rows);
    } else {
        let all: Vec<&Row> = rows.iter().collect();
        let rarity = rarity(&rows);
        write(
            &learn(&all),
            &rarity,
            (of_texts, of_features),
            &folder.join("src/disclosure/opinion/table.bin"),
        );
    }
}

fn read(folder: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for (file, _) in FILES {
        let body = fs::read_to_string(folder.join(file)).expect("the labelled texts");
        let lines: Vec<&str> = body.lines().skip(1).filter(|line| !line.trim().is_empty()).collect();
        for (at, line) in lines.iter().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [_, label, _, _, earlier, text] = fields.as_slice() else {
                panic!("six columns in {file}: {line}")
            };
            let plain = |text: &str| text.replace("\\n", "\n");
            rows.push(Row {
                file,
                text: plain(text),
                earlier: earlier.split(" || ").filter(|part| !part.is_empty()).map(plain).collect(),
                refuse: *label == "refuse",
                development: DEVELOPMENT.contains(&file) && at * 5 >= lines.len() * 4,
                points: Vec::new(),
                after: Vec::new(),
                found: Found::Nothing,
            });
        }
    }
    rows
}

fn allowed() -> Allowed {
    Allowed {
        phone_numbers: ["855-684-9242", "855-373-4636", "1-800-392-3738"].map(str::to_owned).to_vec(),
        phrases: Vec::new(),
    }
}

/// Reads every text with the guard's own eyes. Answers with the fingerprints of the texts and of their features.
fn fill(rows: &mut [Row], folder: &Path) -> (i64, i64) {
    let allowed = allowed();
    let harmless: Vec<String> =
        rows.iter().filter(|row| !row.refuse && row.earlier.is_empty()).map(|row| row.text.clone()).collect();
    let mut dice = Dice(11);
    let mut of_features = 0;
    for (at, row) in rows.iter_mut().enumerate() {
        let earlier: Vec<&str> = row.earlier.iter().map(String::as_str).collect();
        let mut seen = features(&row.text, &earlier, &allowed);
        for place in seen.groups.iter().flatten().filter(|_| at % SAMPLED == 0) {
            of_features = fingerprint(of_features, &place.to_le_bytes());
        }
        row.found = match rules_found(&row.text, &earlier, &allowed) {
            (false, _) => Found::Nothing,
            (true, false) => Found::Something,
            (true, true) => Found::Firm,
        };
        let known = FILES.iter().any(|(file, known)| *known && *file == row.file);
        let other = harmless.get(dice.next(harmless.len())).map_or("", String::as_str);
        let mut again = features(
            &row.text,
            if earlier.is_empty() { std::slice::from_ref(&other) } else { &earlier },
            &allowed,
        );
        if known {
            seen.forget_the_rules();
            again.forget_the_rules();
        }
        row.points = points(&seen);
        row.after = points(&again);
    }
    let of_texts = FILES.iter().fold(0, |sum, (file, _)| {
        fingerprint(sum, &fs::read(folder.join(file)).expect("the labelled texts"))
    });
    (of_texts, of_features)
}

fn points(features: &Features) -> Vec<(usize, f64)> {
    let mut points = vec![(PLACES, 1.0)];
    for (group, places) in GROUPS.iter().zip(&features.groups) {
        let each = share(places.len()) as f64 / 65_536.0 * group.times as f64 / 2.0;
        points.extend(places.iter().map(|at| (*at as usize, each)));
    }
    points
}

/// How much a rare place counts beside a common one: about the logarithm of how many texts there are for one that has it.
fn rarity(rows: &[Row]) -> Vec<f64> {
    let mut texts = vec![0_u64; PLACES + 1];
    for row in rows {
        let mut places: Vec<usize> = row.points.iter().map(|(at, _)| *at).collect();
        places.sort_unstable();
        places.dedup();
        for at in places {
            texts[at] += 1;
        }
    }
    let all = rows.len() as u64 * 256;
    let mut out: Vec<f64> = texts.iter().map(|n| 0.3 + 0.693 * (log2(all / (n + 1)) - 8.0)).collect();
    out[PLACES] = 1.0;
    out
}

/// The logarithm to the base of two in straight pieces, which is the same on every machine.
fn log2(number: u64) -> f64 {
    let whole = 63 - number.max(1).leading_zeros();
    f64::from(whole) + number.max(1) as f64 / (1_u64 << whole) as f64 - 1.0
}

fn weigh_by_rarity(rows: &mut [Row]) {
    let rarity = rarity(rows);
    for row in rows.iter_mut() {
        for list in [&mut row.points, &mut row.after] {
            for (at, counts) in list.iter_mut() {
                *counts *= rarity[*at];
            }
        }
    }
}

struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }
}

/// A text's places, what is wanted of their sum, and what an error costs.
type Lesson<'a> = (&'a [(usize, f64)], f64, f64);

/// A linear support vector machine with squared loss, by descent along one text's share at a time.
fn learn(rows: &[&Row]) -> Vec<f64> {
    let mut texts: Vec<Lesson<'_>> = Vec::new();
    for row in rows {
        let wanted = if row.refuse { 1.0 } else { -1.0 };
        let cost = if row.file == "everyday.tsv" { COST * EVERYDAY_TIMES } else { COST };
        texts.push((&row.points, wanted, cost / 2.0));
        texts.push((&row.after, wanted, cost / 2.0));
    }
    let own: Vec<f64> = texts.iter().map(|(points, _, _)| points.iter().map(|(_, x)| x * x).sum()).collect();
    let mut part = vec![0.0_f64; texts.len()];
    let mut weights = vec![0.0_f64; PLACES + 1];
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut dice = Dice(7);
    for _ in 0..ROUNDS {
        for last in (1..order.len()).rev() {
            order.swap(last, dice.next(last + 1));
        }
        for &i in &order {
            let (points, wanted, cost) = texts[i];
            let slack = 1.0 / (2.0 * cost);
            let sum: f64 = points.iter().map(|(at, x)| weights[*at] * x).sum();
            let slope = wanted * sum - 1.0 + slack * part[i];
            let next = (part[i] - slope / (own[i] + slack)).max(0.0);
            let step = (next - part[i]) * wanted;
            if step != 0.0 {
                for (at, x) in points {
                    weights[*at] += step * x;
                }
            }
            part[i] = next;
        }
    }
    weights
}

fn sum(weights: &[f64], points: &[(usize, f64)]) -> f64 {
    points.iter().map(|(at, x)| weights[*at] * x).sum()
}

/// How the guard would do on texts left out: one writer's file at a time, then the last fifth of all three.
fn validate(rows: &[Row]) {
    for file in DEVELOPMENT {
        let (asked, learned): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.file == file);
        figures(file, &asked, &learn(&learned));
    }
    let (asked, learned): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.development);
    figures("the last fifths", &asked, &learn(&learned));
}

fn figures(name: &str, asked: &[&Row], weights: &[f64]) {
    let one = ONE as f64;
    let bars = [-0.2, 0.0];
    println!("{name}: {} texts left out", asked.len());
    let judge = |row: &Row, refuses: f64, back: f64| {
        let weight = sum(weights, &row.points);
        match row.found {
            Found::Firm => true,
            Found::Something => weight >= back,
            Found::Nothing => weight >= refuses,
        }
    };
    let line = |refuses: f64, back: f64, what: &str| {
        let count =
            |refuse: bool| asked.iter().filter(|r| r.refuse == refuse && judge(r, refuses, back)).count();
        let all = |refuse: bool| asked.iter().filter(|r| r.refuse == refuse).count();
        let (caught, alarms) = (count(true), count(false));
        println!(
            "  {what} from {refuses:.2}, rules kept from {back:.2}: recall {:.3}, precision {:.3}, {} of {} honest texts",
            caught as f64 / all(true) as f64,
            caught as f64 / (caught + alarms) as f64,
            alarms,
            all(false)
        );
    };
    line(9.0, -9.0, "rules alone");
    for back in bars {
        for refuses in [-0.3, -0.25, -0.2, -0.15, -0.1] {
            line(refuses, back, "refused");
        }
    }
    line(REFUSES as f64 / one, TAKES_BACK as f64 / one, "as it is, refused");
    for doubts in [-0.6, -0.5, -0.4] {
        line(doubts, doubts, "refused or in doubt");
    }
    line(DOUBTS as f64 / one, DOUBTS as f64 / one, "as it is, refused or in doubt");
}

fn write(weights: &[f64], rarity: &[f64], prints: (i64, i64), path: &Path) {
    let whole = |x: f64| (x * ONE as f64).round();
    let mut bytes = Vec::with_capacity(HEAD + 2 * PLACES);
    for number in [whole(weights[PLACES]) as i64, prints.0, prints.1] {
        bytes.extend(number.to_le_bytes());
    }
    for at in 0..PLACES {
        let weight = whole(weights[at] * rarity[at]).clamp(f64::from(i16::MIN), f64::from(i16::MAX));
        bytes.extend((weight as i16).to_le_bytes());
    }
    fs::write(path, bytes).expect("the table can be written");
    println!("wrote {}", path.display());
}
