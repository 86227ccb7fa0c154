//! Who is there: offers on the floor, what somebody else took away, whose act a presence was, and the pause after an
//! offer that was let pass.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::command::Command;
use domain::id::{InteractionId, StaffId};
use domain::interaction::Phase;
use domain::permission::Role;
use domain::staff::Presence;

use crate::site::{Browser, Site, account, hash};

/// A technician and a supervisor who may take texts.
async fn site() -> Site {
    let site = Site::new().await;
    let version = site.engine.pack().sop_sms.last().unwrap().version.clone();
    for role in [Role::Technician, Role::Supervisor] {
        let skills = BTreeMap::from([("sms".to_owned(), 5)]);
        let one = engine::Account { skills, ..account(role.word(), &[role], &hash().await) };
        site.save(&one).await;
        let (procedure, version) = ("sms".to_owned(), version.clone());
        site.engine.handle(Command::Acknowledge { staff: one.id, procedure, version }, "test").await.unwrap();
    }
    site
}

async fn on_queue(site: &Site, name: &str) {
    let on = Command::SetPresence { staff: name.into(), to: Presence::OnQueue, by: None };
    site.engine.handle(on, "test").await.unwrap();
}

async fn offered(site: &Site) -> (InteractionId, String) {
    let text = [("slot", "a"), ("number", "5735550101"), ("text", "When is SNAP paid?")];
    assert_eq!(site.post_form("/demo/handset/send", &text).await.status, StatusCode::OK);
    assert_eq!(site.engine.distribute().await.unwrap(), 1);
    let card = site.engine.cards().await.unwrap().remove(0);
    (card.id, card.offer.unwrap().id.to_string())
}

async fn accepted(site: &Site, desk: &Browser<'_>) -> InteractionId {
    let (id, offer) = offered(site).await;
    let accept = desk.post(&format!("/desk/{id}/accept"), &[("offer", &offer)]).await;
    assert!(accept.status.is_success(), "{}", accept.text);
    id
}

#[tokio::test]
async fn an_offer_to_a_supervisor_rings_on_the_floor_and_beside_a_transcript_and_leads_to_the_desk() {
    let site = site().await;
    on_queue(&site, "supervisor").await;
    let (id, offer) = offered(&site).await;
    let (watcher, other) = (site.sign_in("supervisor").await, site.sign_in("manager").await);
    for path in ["/floor".to_owned(), format!("/floor/interactions/{id}")] {
        let page = watcher.get(&path).await.text;
        let ring = format!("data-ring=\"{offer}\"");
        assert!(page.contains(&ring) && page.contains("Answer at your desk"), "{path}: {page}");
        assert!(page.contains("New text from (573) 555-0101, for you"), "{path}");
        assert!(!other.get(&path).await.text.contains(&ring), "nobody else is rung");
    }
}

#[tokio::test]
async fn sms_supv_2_what_a_supervisor_takes_over_is_told_at_the_desk_it_left_for_a_minute() {
    let site = site().await;
    on_queue(&site, "technician").await;
    let (desk, floor) = (site.sign_in("technician").await, site.sign_in("supervisor").await);
    let id = accepted(&site, &desk).await;
    let told = "Demo supervisor took over (573) 555-0101.";
    assert!(!desk.get("/desk").await.text.contains(told));
    let taken = floor.post(&format!("/floor/interactions/{id}/take?ready=yes"), &[]).await;
    assert!(taken.status.is_success(), "{}", taken.text);
    let page = desk.get("/desk").await.text;
    assert!(
        page.contains(&format!("data-announce=\"{told}\"")) && page.contains("desk-notice--told"),
        "{page}"
    );
    assert!(!floor.get("/desk").await.text.contains(told), "whoever took it knows");
    site.pass(61_000);
    assert!(!desk.get("/desk").await.text.contains(told), "it does not stand there for ever");
}

#[tokio::test]
async fn a_person_taken_off_the_queue_sees_who_did_it_and_so_does_the_floor() {
    let site = site().await;
    on_queue(&site, "technician").await;
    let (desk, floor) = (site.sign_in("technician").await, site.sign_in("supervisor").await);
    let off = floor.post("/floor/people/technician/off", &[]).await;
    assert!(off.status.is_success(), "{}", off.text);
    let log = site.engine.store().read_log(0, 1_000).await.unwrap();
    let last = log.iter().rfind(|event| event.kind == "presence_changed").unwrap();
    assert_eq!((last.stream.as_str(), last.actor.as_str()), ("staff-technician", "staff:supervisor"));
    assert!(desk.get("/desk").await.text.contains("Set by Demo supervisor"));
    assert!(floor.get("/floor").await.text.contains("set by Demo supervisor"));
    on_queue(&site, "technician").await;
    assert!(!desk.get("/desk").await.text.contains("Set by"));
    assert!(!floor.get("/floor").await.text.contains("set by"));
}

#[tokio::test]
async fn after_an_offer_that_was_let_pass_the_desk_says_when_it_rings_again() {
    let site = site().await;
    on_queue(&site, "technician").await;
    let desk = site.sign_in("technician").await;
    let (id, offer) = offered(&site).await;
    let rest = "A text that you let pass rings here again in";
    assert!(!desk.get("/desk").await.text.contains(rest));
    desk.post(&format!("/desk/{id}/decline"), &[("offer", &offer)]).await;
    assert_eq!(site.engine.distribute().await.unwrap(), 0, "left in peace with it");
    site.pass(6_000);
    let page = desk.get("/desk").await.text;
    assert!(page.contains(rest) && page.contains(">0:24</time>"), "{page}");
    site.pass(24_000);
    assert_eq!(site.engine.distribute().await.unwrap(), 1, "it rings again when it was said");
    assert!(!desk.get("/desk").await.text.contains(rest));
}

#[tokio::test]
async fn sms_hold_1_the_end_dialog_warns_over_unanswered_words_and_only_the_second_word_ends_it() {
    let site = site().await;
    on_queue(&site, "technician").await;
    let desk = site.sign_in("technician").await;
    let id = accepted(&site, &desk).await;
    let dialog = desk.get(&format!("/desk/{id}/dialog/end")).await.text;
    for words in ["The customer waits for your answer", "/clause/SMS-HOLD-1", "When is SNAP paid?"] {
        assert!(dialog.contains(words), "{words}: {dialog}");
    }
    let first = desk.post(&format!("/desk/{id}/end"), &[]).await.text;
    assert!(first.contains("SMS-HOLD-1") && first.contains("data-act=\"end_unanswered\""), "{first}");
    let phase = async || site.engine.card(id).await.unwrap().unwrap().phase;
    assert_eq!(phase().await, Phase::Active);
    desk.post(&format!("/desk/{id}/end"), &[("confirmed", "yes")]).await;
    assert_eq!(phase().await, Phase::WrapUp);
    let read = site.sign_in("supervisor").await.get(&format!("/floor/interactions/{id}")).await.text;
    assert!(read.contains("confirmed to end it without an answer"), "{read}");
}

#[tokio::test]
async fn a_reply_refused_after_an_opt_out_stands_in_the_transcript() {
    let site = site().await;
    on_queue(&site, "technician").await;
    let desk = site.sign_in("technician").await;
    let id = accepted(&site, &desk).await;
    let stop = [("slot", "a"), ("number", "5735550101"), ("text", "STOP")];
    site.post_form("/demo/handset/send", &stop).await;
    let message = site.engine.fresh().to_string();
    let fields = [("message", message.as_str()), ("text", "But wait, about your letter")];
    let refused = desk.post(&format!("/desk/{id}/reply"), &fields).await.text;
    assert!(refused.contains("no more texts"), "{refused}");
    let page = desk.get(&format!("/desk?interaction={id}")).await.text;
    assert!(page.contains("A text was refused and not sent: the customer wants no more texts."), "{page}");
    assert!(!page.contains("But wait"), "its words are not kept");
    assert_eq!(site.engine.card(id).await.unwrap().unwrap().owner, Some(StaffId::from("technician")));
}
