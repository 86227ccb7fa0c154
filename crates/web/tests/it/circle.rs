//! The whole circle over HTTP: a customer texts, a technician accepts, answers and ends; the wrap-up code comes by the API.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::StatusCode;
use domain::command::Command;
use domain::id::InteractionId;
use domain::interaction::Phase;
use domain::permission::Role;
use serde_json::{Value, json};

use crate::site::{Answer, Browser, Site, account, hash, request};

async fn site() -> Site {
    let site = Site::new().await;
    let skills = BTreeMap::from([("sms".to_owned(), 5)]);
    site.save(&domain_account(skills).await).await;
    let staff = "technician".into();
    let version = site.engine.pack().sop_sms.last().unwrap().version.clone();
    let acknowledge = Command::Acknowledge { staff, procedure: "sms".to_owned(), version };
    site.engine.handle(acknowledge, "test").await.unwrap();
    site
}

async fn domain_account(skills: BTreeMap<String, u8>) -> engine::Account {
    engine::Account { skills, ..account("technician", &[Role::Technician], &hash().await) }
}

/// Texts in, goes on queue, accepts; the interaction is then with the technician.
async fn accepted(site: &Site, desk: &Browser<'_>) -> InteractionId {
    let on = desk.post("/desk/presence", &[("to", "on_queue")]).await;
    assert!(on.status.is_success(), "{}", on.text);
    let text = [("slot", "a"), ("number", "5735550101"), ("text", "When is SNAP paid?")];
    assert_eq!(site.post_form("/demo/handset/send", &text).await.status, StatusCode::OK);
    assert_eq!(site.engine.distribute().await.unwrap(), 1);
    let card = site.engine.cards().await.unwrap().remove(0);
    let offer = card.offer.unwrap();
    let page = desk.get("/desk").await;
    assert!(page.text.contains(&format!("data-ring=\"{}\"", offer.id)), "the offer rings");
    let accept = desk.post(&format!("/desk/{}/accept", card.id), &[("offer", &offer.id.to_string())]).await;
    assert!(accept.status.is_success(), "{}", accept.text);
    assert_eq!(site.engine.card(card.id).await.unwrap().unwrap().phase, Phase::Active);
    card.id
}

async fn finish(desk: &Browser<'_>, id: InteractionId, body: Value) -> (Answer, Value) {
    let request = request("POST", &format!("/api/v1/interactions/{id}/finish"))
        .header("cookie", &desk.cookie)
        .header("x-csrf-token", &desk.csrf)
        .header("content-type", "application/json");
    let answer = desk.site.ask(request.body(Body::from(body.to_string())).unwrap()).await;
    let read = serde_json::from_str(&answer.text).unwrap();
    (answer, read)
}

#[tokio::test]
async fn sms_end_3_exactly_one_wrap_up_code_by_the_api_too() {
    let site = site().await;
    let desk = site.sign_in("technician").await;
    let id = accepted(&site, &desk).await;
    let code = site.engine.pack().wrap_up.codes[0].id.clone();

    // SMS-END-1: first the end, then the code.
    let (early, said) = finish(&desk, id, json!({ "code": code })).await;
    assert_eq!(
        (early.status, said["clause"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("SMS-END-1"))
    );

    for script in ["greeting", "goodbye"] {
        let sent = desk.post(&format!("/desk/{id}/script"), &[("script", script)]).await;
        assert!(sent.status.is_success(), "{}", sent.text);
    }
    let ended = desk.post(&format!("/desk/{id}/end"), &[]).await;
    assert!(ended.status.is_success(), "{}", ended.text);
    assert_eq!(site.engine.card(id).await.unwrap().unwrap().phase, Phase::WrapUp);

    for wrong in
        [json!({}), json!({ "code": "" }), json!({ "code": "no-such-code" }), json!({ "code": [code, code] })]
    {
        let (answer, _) = finish(&desk, id, wrong.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(site.engine.card(id).await.unwrap().unwrap().phase, Phase::WrapUp);

    let (done, card) = finish(&desk, id, json!({ "code": code })).await;
    assert_eq!(
        (done.status, card["phase"].as_str(), card["code"].as_str()),
        (StatusCode::OK, Some("done"), Some(code.as_str()))
    );
    // SMS-END-4: done is done; a second code changes nothing.
    let second = site.engine.pack().wrap_up.codes[1].id.clone();
    let (again, said) = finish(&desk, id, json!({ "code": second })).await;
    assert_eq!(
        (again.status, said["clause"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("SMS-END-4"))
    );
    assert_eq!(site.engine.card(id).await.unwrap().unwrap().code.as_deref(), Some(code.as_str()));
}

#[tokio::test]
async fn sms_gen_4_a_refused_reply_says_why_and_nothing_leaves() {
    let site = site().await;
    let desk = site.sign_in("technician").await;
    let id = accepted(&site, &desk).await;
    desk.post(&format!("/desk/{id}/script"), &[("script", "greeting")]).await;
    let before = site.engine.card(id).await.unwrap().unwrap().staff_texts;
    let message = site.engine.fresh().to_string();
    let fields = [("message", message.as_str()), ("text", "Your SNAP case was approved for $234 a month.")];
    let refused = desk.post(&format!("/desk/{id}/reply"), &fields).await;
    assert!(
        refused.text.contains("SMS-GEN-4") && refused.text.contains("class=\"refusal"),
        "{}",
        refused.text
    );
    let card = site.engine.card(id).await.unwrap().unwrap();
    assert_eq!((card.staff_texts, card.refused), (before, 1));
    assert!(!site.get("/demo/handset?a=%2B15735550101").await.text.contains("234"));
}

#[tokio::test]
async fn every_screen_shows_an_interaction_in_every_phase() {
    let site = site().await;
    let desk = site.sign_in("technician").await;
    let floor = site.sign_in("supervisor").await;
    let id = accepted(&site, &desk).await;
    let pages = [
        (&desk, format!("/desk?interaction={id}")),
        (&desk, format!("/api/v1/interactions/{id}")),
        (&floor, "/floor".to_owned()),
        (&floor, format!("/floor/interactions/{id}")),
    ];
    let look = async |phase: &str| {
        for (who, path) in &pages {
            let page = who.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path} while {phase}: {}", page.text);
            assert!(
                page.text.contains("(573) 555-0101")
                    || page.text.contains("+15735550101")
                    || path.ends_with("floor"),
                "{path} while {phase}"
            );
        }
    };
    look("active").await;
    for script in ["greeting", "goodbye"] {
        desk.post(&format!("/desk/{id}/script"), &[("script", script)]).await;
    }
    desk.post(&format!("/desk/{id}/end"), &[]).await;
    look("in wrap-up").await;
    let code = site.engine.pack().wrap_up.codes[0].id.clone();
    assert_eq!(finish(&desk, id, json!({ "code": code })).await.0.status, StatusCode::OK);
    look("done").await;
    let listed = floor.get("/floor/done").await;
    assert!(listed.status == StatusCode::OK && listed.text.contains("(573) 555-0101"), "{}", listed.text);
}
