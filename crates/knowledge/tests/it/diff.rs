//! The readable difference of two versions.

use knowledge::diff::{Change, Piece, PieceKind, readable};

/// Both versions can be read back out of the changes.
fn both(changes: &[Change]) -> (Vec<String>, Vec<String>) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Same(text) => {
                old.push(text.clone());
                new.push(text.clone());
            }
            Change::Added(text) => new.push(text.clone()),
            Change::Removed(text) => old.push(text.clone()),
            Change::Changed(pieces) => {
                let side = |not: PieceKind| {
                    pieces.iter().filter(|p| p.kind != not).map(|p| p.text.as_str()).collect()
                };
                old.push(side(PieceKind::Added));
                new.push(side(PieceKind::Removed));
            }
        }
    }
    (old, new)
}

fn words(blocks: &[String]) -> Vec<&str> {
    blocks.iter().flat_map(|block| block.split_whitespace()).collect()
}

fn holds(old: &str, new: &str) -> Vec<Change> {
    let changes = readable(old, new);
    let (before, after) = both(&changes);
    assert_eq!(words(&before), old.split_whitespace().collect::<Vec<_>>());
    assert_eq!(words(&after), new.split_whitespace().collect::<Vec<_>>());
    changes
}

#[test]
fn a_changed_number_is_shown_within_its_sentence() {
    let old = "## Delay\n\n1. Wait 5 minutes for the customer.\n2. Then close.\n\nThe end.\n";
    let new = "## Delay\n\n1. Wait 3 minutes for the customer.\n2. Then close.\n3. Pick a wrap-up code.\n\nThe end.\n";
    let changes = holds(old, new);
    let piece = |kind, text: &str| Piece { kind, text: text.to_owned() };
    assert_eq!(
        changes,
        [
            Change::Same("## Delay".into()),
            Change::Changed(vec![
                piece(PieceKind::Same, "1. Wait "),
                piece(PieceKind::Removed, "5"),
                piece(PieceKind::Added, "3"),
                piece(PieceKind::Same, " minutes for the customer."),
            ]),
            Change::Same("2. Then close.".into()),
            Change::Added("3. Pick a wrap-up code.".into()),
            Change::Same("The end.".into()),
        ]
    );
}

#[test]
fn blocks_with_nothing_in_common_are_taken_out_and_put_in() {
    let changes = holds("One thing entirely.\n", "Quite another matter here.\n");
    assert!(matches!(&changes[..], [Change::Removed(_), Change::Added(_)]), "{changes:?}");
    assert_eq!(holds("", "a\n"), [Change::Added("a".into())]);
    assert_eq!(holds("a", ""), [Change::Removed("a".into())]);
    assert_eq!(holds("", ""), []);
    assert!(holds("```\nx\n\ny\n```\n", "```\nx\n\nz\n```\n").len() <= 2, "a fenced text is one block");
}

#[test]
fn five_megabytes_are_compared_within_bounds() {
    let line = |at: usize, word: &str| {
        format!("Paragraph {at} says {word} about the work of the day and of the week.\n\n")
    };
    let old: String = (0..70_000).map(|at| line(at, "much")).collect();
    let part: String = (0..7_000).map(|at| line(at, "much")).collect();
    let all: String = (0..7_000).map(|at| line(at, "little")).collect();
    let some: String =
        (0..70_000).map(|at| line(at, if at % 100 == 0 { "little" } else { "much" })).collect();
    let moved: String = (35_000..70_000).chain(0..35_000).map(|at| line(at, "much")).collect();
    assert!(old.len() > 4 * 1024 * 1024);
    let changes = holds(&old, &some);
    assert_eq!(changes.iter().filter(|change| matches!(change, Change::Changed(_))).count(), 700);
    holds(&part, &all);
    assert_eq!(holds(&old, &moved).iter().filter(|change| matches!(change, Change::Same(_))).count(), 35_000);
    let same = "the same\n\n".repeat(200_000);
    holds(&same, &format!("{same}{same}").replacen("same", "other", 1));
    let long = "word ".repeat(500_000);
    holds(&long, &format!("{long}more"));
}
