//! What carriers bring: once, in order, kept when it cannot be taken, and never kept when it is forged.

use channels::Request;
use channels::twilio::{FORM, SIGNATURE_HEADER};
use domain::pack::Line;
use domain::view::What;
use engine::{ReceiveError, Received};
use store::Store;

use crate::world::{ANY, LINE, MINUTE, World, pack};

#[tokio::test]
async fn the_same_provider_id_is_stored_once_and_answered_as_success() {
    let world = World::new().await;
    let sid = world.sid();
    assert_eq!(world.text_as(&sid, ANY, "hello").await, Ok(Received::Stored));
    for _ in 0..5 {
        assert_eq!(world.text_as(&sid, ANY, "hello").await, Ok(Received::Duplicate));
    }
    let card = world.card_of(ANY).await;
    assert_eq!(world.words_in(card.id).await, ["hello"]);
    world.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_racing_duplicates_are_one_text() {
    let world = std::sync::Arc::new(World::new().await);
    let sid = world.sid();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (world, sid) = (world.clone(), sid.clone());
        running.spawn(async move { world.text_as(&sid, ANY, "hello").await });
    }
    let answers = running.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Ok(Received::Stored)).count(), 1);
    assert_eq!(
        answers.iter().filter(|answer| **answer == Ok(Received::Duplicate)).count(),
        31,
        "{answers:?}"
    );
    assert_eq!(world.cards().await.len(), 1);
    assert_eq!(world.words_in(world.card_of(ANY).await.id).await, ["hello"]);
    world.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_first_texts_of_one_customer_open_one_contact_and_busy_ones_come_again() {
    let world = std::sync::Arc::new(World::new().await);
    let mut running = tokio::task::JoinSet::new();
    for n in 0..40 {
        let world = world.clone();
        running.spawn(async move {
            let sid = world.sid();
            // A carrier calls again when it is told to: busy never means lost.
            while let Err(error) = world.text_as(&sid, ANY, &format!("text {n}")).await {
                assert_eq!(error, ReceiveError::Busy);
                tokio::task::yield_now().await;
            }
        });
    }
    running.join_all().await;
    assert_eq!(world.cards().await.len(), 1, "unique per channel and address while open");
    let mut words = world.words_in(world.card_of(ANY).await.id).await;
    words.sort();
    let mut expected: Vec<String> = (0..40).map(|n| format!("text {n}")).collect();
    expected.sort();
    assert_eq!(words, expected);
    world.sound().await;
}

#[tokio::test]
async fn a_text_to_an_unknown_number_is_a_dead_letter_until_the_line_exists() {
    let mut world = World::new().await;
    let sid = world.sid();
    let stranger = "+18005550199";
    assert_eq!(world.text_to(&sid, ANY, stranger, "anyone there?").await, Ok(Received::UnknownNumber));
    assert_eq!(world.text_to(&sid, ANY, stranger, "anyone there?").await, Ok(Received::UnknownNumber));
    let letters = world.letters().await;
    assert_eq!(letters.len(), 1, "the same call is kept once");
    assert!(letters[0].reason.contains(stranger));
    assert!(world.cards().await.is_empty());
    let still = world.engine.replay_dead_letter(&letters[0].id, "alex").await.unwrap_err();
    assert!(still.to_string().starts_with("Still no line"), "{still}");

    let mut with_line = pack();
    let first = with_line.agency.lines[0].clone();
    with_line.agency.lines.push(Line { id: "sms-second".to_owned(), number: stranger.to_owned(), ..first });
    world.grow(with_line).await;
    let outcome = world.engine.replay_dead_letter(&letters[0].id, "alex").await.unwrap();
    assert_eq!(outcome, "Taken: it is stored now.");
    assert_eq!(world.words_in(world.card_of(ANY).await.id).await, ["anyone there?"]);
    assert!(world.letters().await[0].resolution.as_deref().unwrap().contains("alex"));
    assert!(world.engine.replay_dead_letter(&letters[0].id, "alex").await.is_err(), "taken care of already");
    assert_eq!(world.cards().await.len(), 1);
}

#[tokio::test]
async fn genuine_calls_that_cannot_be_read_are_kept_with_their_bytes() {
    let world = World::new().await;
    let mut body = World::form(&[("MessageSid", "SM1"), ("From", ANY), ("To", LINE)]);
    body.extend_from_slice(b"&Body=%FF%FE");
    let answer = world.post("https://texts.example/hooks/sms/twilio", &body).await.unwrap();
    assert!(matches!(answer, Received::DeadLetter(_)), "{answer:?}");
    let letters = world.letters().await;
    assert_eq!((letters.len(), &letters[0].bytes), (1, &body));
    assert!(world.engine.replay_dead_letter(&letters[0].id, "alex").await.is_err());
    world.engine.resolve_dead_letter(&letters[0].id, "Put aside.", "alex").await.unwrap();
    assert!(world.letters().await[0].resolved_at.is_some());
    assert_eq!(
        world.store.verify_audit().await.unwrap(),
        world.store.audit(0, 1000).await.unwrap().len() as u64
    );
}

#[tokio::test]
async fn forged_unsigned_and_oversized_calls_leave_no_trace() {
    let world = World::new().await;
    let url = "https://texts.example/hooks/sms/twilio";
    let body = World::form(&[
        ("MessageSid", "SM1"),
        ("From", ANY),
        ("To", LINE),
        ("Body", "let me in"),
        ("NumMedia", "0"),
    ]);
    let form = ("Content-Type".to_owned(), FORM.to_owned());
    let forged = (SIGNATURE_HEADER.to_owned(), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned());
    let big = vec![b'a'; channels::MAX_REQUEST_BYTES + 1];
    for (headers, body) in [
        (vec![form.clone()], body.as_slice()),
        (vec![form.clone(), forged.clone()], body.as_slice()),
        (vec![form.clone(), forged.clone()], big.as_slice()),
        (vec![("Content-Type".to_owned(), "text/plain".to_owned()), forged.clone()], body.as_slice()),
    ] {
        let answer = world.engine.receive("twilio", Request { url, headers: &headers, body }).await;
        assert!(matches!(answer, Err(ReceiveError::Refused(_))), "{answer:?}");
    }
    let nobody = world.engine.receive("nobody", Request { url, headers: &[], body: &body }).await;
    assert_eq!(nobody, Err(ReceiveError::NoSuchCarrier));
    assert!(world.letters().await.is_empty());
    assert!(world.cards().await.is_empty());
}

#[tokio::test]
async fn a_report_on_a_text_of_nobody_is_kept_and_changes_nothing() {
    let world = World::new().await;
    let body = World::form(&[("MessageSid", "SM77"), ("MessageStatus", "delivered")]);
    let answer = world.post("https://texts.example/hooks/sms/twilio", &body).await.unwrap();
    assert!(matches!(answer, Received::DeadLetter(_)));
    assert_eq!(world.letters().await.len(), 1);
}

#[tokio::test]
async fn emoji_and_right_to_left_text_arrive_as_written() {
    let world = World::new().await;
    let words = ["👩‍👩‍👧 hola ñandú", "مرحبا كيف الحال", "שלום", "a\u{202e}b"];
    for text in words {
        world.text(ANY, text).await;
    }
    assert_eq!(world.words_in(world.card_of(ANY).await.id).await, words);
}

#[tokio::test]
async fn a_thousand_texts_of_one_number_in_a_minute_are_all_kept_and_marked() {
    let world = World::new().await;
    for n in 0..1000 {
        world.text(ANY, &format!("flood {n}")).await;
        world.advance(MINUTE / 1000);
    }
    let card = world.card_of(ANY).await;
    assert_eq!(world.cards().await.len(), 1);
    assert_eq!(card.inbound, 1000);
    assert!(card.flooded);
    assert_eq!(world.words_in(card.id).await.len(), 1000);
}

#[tokio::test]
async fn identifiers_are_masked_on_arrival() {
    // AMB-47, SMS-GEN-4
    let world = World::new().await;
    world.text(ANY, "my ssn is 123-45-6789").await;
    let card = world.card_of(ANY).await;
    let lines = world.transcript(card.id).await;
    let (entry, text) = lines.iter().find(|(e, _)| matches!(e.what, What::In { .. })).unwrap();
    assert!(!text.as_deref().unwrap().contains("6789"), "{text:?}");
    assert!(matches!(&entry.what, What::In { masked, .. } if masked.len() == 1));
}

#[tokio::test]
async fn a_lost_answer_of_the_disk_is_found_out_by_the_carriers_second_call() {
    let world = World::staffed(&["ana"]).await;
    let sid = world.sid();
    world.store.lose_answer_of_next(1);
    assert!(matches!(world.text_as(&sid, ANY, "hello").await, Err(ReceiveError::Store(_))));
    assert_eq!(world.text_as(&sid, ANY, "hello").await, Ok(Received::Duplicate));
    // It was stored although the process never heard of it; it must be offered all the same.
    assert_eq!(world.engine.distribute().await.unwrap(), 1);
    assert_eq!(world.member("ana").await.load, 1);
    world.sound().await;
}

#[tokio::test]
async fn a_disk_that_does_not_answer_is_told_to_the_carrier_and_nothing_is_half_done() {
    let world = World::new().await;
    let sid = world.sid();
    world.store.fail_next_commits(1);
    assert!(matches!(world.text_as(&sid, ANY, "hello").await, Err(ReceiveError::Store(_))));
    assert!(world.cards().await.is_empty());
    assert_eq!(world.text_as(&sid, ANY, "hello").await, Ok(Received::Stored));
    assert_eq!(world.words_in(world.card_of(ANY).await.id).await, ["hello"]);
}
