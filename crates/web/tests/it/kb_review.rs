//! The second person, and what makes writing easier: the badge in the header, the rendered text first, hours as people write
//! them, addresses from the address bar.

use axum::http::StatusCode;

use crate::kb_edit::{approve, begun, hidden, memo, next_monday, save, submitted, version};
use crate::site::Site;

#[tokio::test]
async fn reviewers_see_in_the_header_that_a_draft_waits_and_read_it_as_readers_will() {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    assert!(!manager.get("/kb").await.text.contains("to review</span></a>"));
    let slug = submitted(&site, &editor).await;
    let header = manager.get("/kb").await.text;
    assert!(
        header.contains(
            "<span class=\"badge badge--info\">1</span> <span class=\"top__more\">to review</span></a>"
        ),
        "{header}"
    );
    assert!(
        !editor.get("/kb").await.text.contains("to review</span></a>"),
        "nobody approves what they wrote"
    );
    let technician = site.sign_in("technician").await;
    assert!(!technician.get("/kb").await.text.contains("to review</span></a>"));
    let review = manager.get(&format!("/kb/edit/review/{slug}")).await.text;
    let (seen, raw) =
        (review.find("As readers will see it").unwrap(), review.find("as it is written").unwrap());
    assert!(seen < raw, "the rendered text comes first");
    assert!(!editor.get(&format!("/kb/edit/review/{slug}")).await.text.contains("Send it back"));
    approve(&manager, &slug).await;
    assert!(!manager.get("/kb").await.text.contains("to review</span></a>"));
}

#[tokio::test]
async fn im31_hours_3_the_form_shows_the_present_hours_and_takes_them_as_people_write_them() {
    let site = Site::new().await;
    let editor = site.sign_in("editor").await;
    let slug = begun(&editor).await;
    let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
    assert!(page.text.contains("6:00 am to 6:00 pm.</span>"), "the present hours stand at their day");
    let monday = next_monday(&site).to_string();
    let expected = version(&page);
    let mut fields = memo(&expected, "add:hours");
    fields.extend([("hours_id", "customer-service"), ("hours_from", &monday), ("hours_workdays", "early")]);
    let wrong = save(&editor, &slug, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let group = wrong.text.split("id=\"build-hours\"").nth(1).unwrap().split("</details>").next().unwrap();
    assert!(group.starts_with(" open>"), "the group is open: {group}");
    assert!(group.contains("id=\"e-hours_workdays\"") && group.contains("value=\"early\""), "{group}");
    assert!(wrong.text.contains("href=\"#f-hours_workdays\""), "the summary leads to the field");
    let mut fields = memo(&expected, "add:hours");
    fields.extend([
        ("hours_id", "customer-service"),
        ("hours_from", &monday),
        ("hours_workdays", "7am to 5 pm"),
        ("from", "2099-01-01"),
    ]);
    let answer = save(&editor, &slug, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
    let change = hidden(&page, "change").remove(0);
    for day in ["monday", "tuesday", "wednesday", "thursday", "friday"] {
        assert!(change.contains(&format!("\"/{day}\":[\"07:00-17:00\"]")), "{change}");
    }
    assert!(
        page.text.contains("The memo takes force on Thursday, January 1, 2099"),
        "two days that disagree"
    );
}

#[tokio::test]
async fn an_address_of_this_site_from_the_address_bar_is_a_link_to_its_page() {
    let site = Site::new().await;
    let editor = site.sign_in("editor").await;
    let slug = begun(&editor).await;
    let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
    let (expected, body) =
        (version(&page), "See [a](/kb/im-31#x) and [b](http://localhost:8080/kb/im-33).\n");
    let mut fields = memo(&expected, "save");
    fields.retain(|(name, _)| *name != "body");
    fields.push(("body", body));
    assert_eq!(save(&editor, &slug, &fields).await.status, StatusCode::SEE_OTHER);
    let (_, draft) = site.engine.draft(&slug).await.unwrap().unwrap();
    assert_eq!(draft.body, "See [a](kb:im-31#x) and [b](kb:im-33).\n");
}
