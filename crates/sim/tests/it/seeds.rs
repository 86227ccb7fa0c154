//! Days of `seeds.txt`. A seed that does not hold names itself; `sim --seed N --steps 150` plays it again.

use sim::day::Day;

/// A compressed day.
const STEPS: u32 = 150;

fn seeds() -> Vec<u64> {
    let lines = include_str!("../../seeds.txt").lines();
    lines.filter_map(|line| line.split('#').next()?.trim().parse().ok()).collect()
}

/// Plays every second seed, so that the two halves run beside each other.
async fn half(rest: usize) {
    let seeds: Vec<u64> =
        seeds().into_iter().enumerate().filter(|(at, _)| at % 2 == rest).map(|(_, seed)| seed).collect();
    assert!(seeds.len() >= 10);
    let (mut texts, mut sent, mut crashes, mut done) = (0, 0, 0, 0);
    for seed in seeds {
        let outcome = Box::pin(Day::run(seed, STEPS)).await.expect("the day runs");
        assert_eq!(outcome.faults, Vec::<String>::new(), "seed {seed}");
        texts += outcome.texts;
        sent += outcome.sent;
        crashes += outcome.crashes;
        done += outcome.done;
    }
    // A day on which nothing happens proves nothing.
    assert!(texts > 500 && sent > 500 && crashes > 10 && done > 100, "{texts} {sent} {crashes} {done}");
}

#[tokio::test]
async fn every_kept_seed_holds_first_half() {
    half(0).await;
}

#[tokio::test]
async fn every_kept_seed_holds_second_half() {
    half(1).await;
}

#[tokio::test]
async fn the_same_seed_is_the_same_day() {
    let one = Box::pin(Day::run(42, 150)).await.expect("the day runs");
    let two = Box::pin(Day::run(42, 150)).await.expect("the day runs");
    assert_eq!(one, two);
    let other = Box::pin(Day::run(43, 150)).await.expect("the day runs");
    assert_ne!(one.trace, other.trace);
}
