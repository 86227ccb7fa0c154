//! Learns the table of `disclosure::weight` anew from the labelled texts, and says how good it is by cross-validation.
//!
//! `cargo run --release -p domain --example weigh`. The texts of `held_out.tsv` are not read. Deterministic: the same
//! texts give the same table.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a tool for one's own desk"
)]

use std::fs;
use std::path::PathBuf;

use domain::disclosure::weight::{Features, HAND_UP, PLACES, features, share};

const FILES: [&str; 4] = ["tune.tsv", "tune_2.tsv", "tune_3.tsv", "tune_4.tsv"];
const ROUNDS: usize = 40;
const STEP: f32 = 0.5;
const DECAY: f32 = 0.000_02;
const FOLDS: usize = 5;

struct Row {
    refuse: bool,
    features: Features,
}

struct Table {
    weights: Vec<f32>,
    start: f32,
}

impl Table {
    fn odds(&self, row: &Features) -> f32 {
        let sum = |list: &[usize]| {
            list.iter().filter_map(|at| self.weights.get(*at)).sum::<f32>() * share(list.len())
        };
        self.start + sum(&row.words) + sum(&row.pieces)
    }
}

fn main() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut rows: Vec<Row> =
        FILES.iter().flat_map(|file| labelled(&folder.join("tests/disclosure").join(file))).collect();
    let library = library(&folder.join("../../agency/missouri-fsd/canned"));
    println!("{} labelled texts, {} wordings of the library", rows.len(), library.len());
    rows.extend(library);
    validate(&rows);
    let all: Vec<&Row> = rows.iter().collect();
    write(&learn(&all), &folder.join("src/disclosure/weights.bin"));
}

fn labelled(path: &std::path::Path) -> Vec<Row> {
    let body = fs::read_to_string(path).expect("the labelled texts");
    body.lines().skip(1).filter(|line| !line.trim().is_empty()).filter_map(row).collect()
}

fn row(line: &str) -> Option<Row> {
    let fields: Vec<&str> = line.split('\t').collect();
    let plain = |text: &str| text.replace("\\n", "\n");
    let earlier: Vec<String> =
        fields.get(4)?.split(" || ").filter(|part| !part.is_empty()).map(plain).collect();
    let earlier: Vec<&str> = earlier.iter().map(String::as_str).collect();
    Some(Row { refuse: *fields.get(1)? == "refuse", features: features(&plain(fields.get(5)?), &earlier) })
}

/// Approved wordings never state a case fact.
fn library(folder: &std::path::Path) -> Vec<Row> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the library").filter_map(|e| Some(e.ok()?.path())).collect();
    files.sort();
    let mut out = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a file of the library");
        let table: toml::Table = toml::from_str(&text).expect("TOML");
        let responses = table.get("response").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        for wording in
            responses.iter().filter_map(|r| r.get("text")?.as_table().cloned()).flat_map(|t| t.into_iter())
        {
            let text = wording.1.as_str().unwrap_or_default().to_owned();
            out.push(Row { refuse: false, features: features(&text, &[]) });
        }
    }
    out
}

/// Logistic regression by stochastic descent with one step size a place.
fn learn(rows: &[&Row]) -> Table {
    let mut table = Table { weights: vec![0.0; PLACES], start: 0.0 };
    let mut seen = vec![1e-4_f32; PLACES];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut dice: u64 = 7;
    for _ in 0..ROUNDS {
        for last in (1..order.len()).rev() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let other = usize::try_from(dice >> 33).unwrap_or_default() % (last + 1);
            order.swap(last, other);
        }
        for row in order.iter().filter_map(|at| rows.get(*at)) {
            let wanted = if row.refuse { 1.0 } else { 0.0 };
            let error = 1.0 / (1.0 + (-table.odds(&row.features)).exp()) - wanted;
            table.start -= 0.01 * error;
            for list in [&row.features.words, &row.features.pieces] {
                let slope = error * share(list.len());
                for at in list {
                    let (Some(weight), Some(past)) = (table.weights.get_mut(*at), seen.get_mut(*at)) else {
                        continue;
                    };
                    let slope = slope + DECAY * *weight;
                    *past += slope * slope;
                    *weight -= STEP * slope / past.sqrt();
                }
            }
        }
    }
    table
}

fn validate(rows: &[Row]) {
    let mut judged: Vec<(bool, f32)> = Vec::new();
    for fold in 0..FOLDS {
        let (mut learned, mut asked) = (Vec::new(), Vec::new());
        for (at, row) in rows.iter().enumerate() {
            if at % FOLDS == fold { asked.push(row) } else { learned.push(row) }
        }
        let table = learn(&learned);
        judged.extend(asked.into_iter().map(|row| (row.refuse, table.odds(&row.features))));
    }
    for hand_up in [-0.5, 0.0, HAND_UP, 0.8, 1.2, 1.6] {
        let count = |refuse: bool, up: bool| {
            judged.iter().filter(|(r, odds)| *r == refuse && (*odds > hand_up) == up).count()
        };
        let (caught, missed, false_alarms) = (count(true, true), count(true, false), count(false, true));
        println!(
            "from {hand_up}: {caught} of {} caught, {false_alarms} false alarms (cross-validated, this table alone)",
            caught + missed
        );
    }
}

fn write(table: &Table, path: &std::path::Path) {
    let largest = table.weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let scale = largest / 127.0;
    let mut bytes: Vec<u8> =
        table.weights.iter().map(|weight| ((weight / scale).round() as i8).cast_unsigned()).collect();
    bytes.extend(scale.to_le_bytes());
    bytes.extend(table.start.to_le_bytes());
    fs::write(path, bytes).expect("the table can be written");
    println!("wrote {}", path.display());
}
