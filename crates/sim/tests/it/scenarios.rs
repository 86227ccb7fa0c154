//! Every file of `scenarios/` is played.

use std::path::Path;

#[tokio::test]
async fn every_scenario_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut played = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        if let Err(error) = Box::pin(sim::scenario::play(&text)).await {
            wrong.push(format!("{}: {error:#}", path.display()));
        }
        played += 1;
    }
    assert!(played >= 7, "{played}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn a_wrong_scenario_is_noticed() {
    let wrong = "at 10:00:00\nana on queue\ncustomer +15735550100 texts \"hello\"\nexpect ben is offered +15735550100\n";
    let error = Box::pin(sim::scenario::play(wrong)).await.expect_err("ana is offered it");
    assert!(format!("{error:#}").starts_with("line 4"), "{error:#}");
}
