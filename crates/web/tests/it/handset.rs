//! The handset: one more carrier, from its page to the interaction.

use axum::http::StatusCode;

use crate::site::Site;

#[tokio::test]
async fn a_text_from_the_page_takes_the_carriers_way_and_opens_an_interaction() {
    let site = Site::new().await;
    let fields = [("slot", "a"), ("number", "(573) 555-0101"), ("text", "When is SNAP paid?")];
    let thread = site.post_form("/demo/handset/send", &fields).await;
    assert_eq!(thread.status, StatusCode::OK, "{}", thread.text);
    assert!(
        thread.text.contains("id=\"thread-a\"")
            && thread.text.contains("When is SNAP paid?")
            && thread.text.contains("Sent ✓")
    );
    let cards = site.engine.cards().await.unwrap();
    assert_eq!((cards.len(), cards[0].customer.0.as_str()), (1, "+15735550101"));
    let page = site.get("/demo/handset?n=2&a=%2B15735550102&b=%2B15735550101").await;
    let (first, second) = page.text.split_once("id=\"thread-b\"").unwrap();
    let own = "bubble__text pre\" dir=\"auto\">When is SNAP paid?";
    assert!(!first.contains(own) && second.contains(own), "each phone shows its own texts only");
}

#[tokio::test]
async fn a_picture_goes_out_as_an_attachment() {
    let site = Site::new().await;
    let thread = site
        .post_form("/demo/handset/send", &[("slot", "a"), ("number", "5735550101"), ("picture", "1")])
        .await;
    assert!(thread.text.contains("A picture"), "{}", thread.text);
    assert_eq!(site.engine.cards().await.unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_is_shown_as_sent_that_the_server_did_not_keep() {
    let site = Site::new().await;
    for bad in [
        [("slot", "a"), ("number", "5735550101"), ("text", "  ")],
        [("slot", "a"), ("number", "12"), ("text", "Hi")],
    ] {
        assert_eq!(site.post_form("/demo/handset/send", &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    site.store.fail_next_commits(1_000);
    let lost = site
        .post_form("/demo/handset/send", &[("slot", "a"), ("number", "5735550101"), ("text", "Hi")])
        .await;
    assert!(!lost.status.is_success() && !lost.text.contains("Sent ✓"), "{}", lost.text);
}

#[tokio::test]
async fn somebody_who_is_signed_in_beside_it_can_use_the_handset_too() {
    let site = Site::new().await;
    let browser = site.sign_in("technician").await;
    let fields = [("slot", "a"), ("number", "5735550101"), ("text", "Hello")];
    assert_eq!(browser.post_plain("/demo/handset/send", &fields).await.status, StatusCode::OK);
}
