//! The second person, and what makes writing easier: the badge in the header, the rendered text first, hours as people write
//! them, addresses from the address bar.

use axum::http::StatusCode;
use domain::knowledge::Draft;

use crate::kb_edit::{approve, begun, hidden, memo, next_monday, save, submitted, version};
use crate::kb_reading::{draft, publish};
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

#[tokio::test]
async fn im10_memo_1_hot_tips_and_forms_have_numbers_of_their_own_that_no_other_of_their_kind_takes() {
    // AMB-NUMBER-COLLISION: a hot tip, a form and a memo may look alike by number and are still different things.
    let site = Site::reading().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let begin = async |kind: &str, title: &str, number: &str| {
        let fields = [("csrf", editor.csrf.as_str()), ("kind", kind), ("title", title), ("number", number)];
        editor.post_plain("/kb/edit/new", &fields).await
    };
    let write = async |slug: &str, number: &str| {
        let page = editor.get(&format!("/kb/edit/draft/{slug}")).await;
        let expected = version(&page);
        let fields = [
            ("expected", expected.as_str()),
            ("act", "submit"),
            ("title", "Reading the card screen"),
            ("audience", "staff"),
            ("language", "en"),
            ("own_number", number),
            ("body", "Look at the second line.\n"),
        ];
        save(&editor, slug, &fields).await
    };
    let begun = begin("hot_tip", "Reading the card screen", "HT-7").await;
    assert_eq!(begun.header("location"), "/kb/edit/draft/hot-tip-ht-7?said=begun", "{}", begun.text);
    let form = editor.get("/kb/edit/draft/hot-tip-ht-7").await.text;
    assert!(form.contains("Number of the hot tip") && form.contains(r#"value="HT-7""#), "{form}");
    assert_eq!(write("hot-tip-ht-7", "HT-7").await.status, StatusCode::SEE_OTHER);
    assert_eq!(approve(&manager, "hot-tip-ht-7").await.status, StatusCode::SEE_OTHER);
    site.engine.follow_index().await.unwrap();
    let reader = site.sign_in("technician").await;
    let list = reader.get("/kb/hot-tips").await.text;
    assert!(list.contains(">HT-7: <a href=\"/kb/hot-tip-ht-7\">") || list.contains("HT-7: "), "{list}");
    let found = reader.get("/kb/search?q=HT-7").await.text;
    assert!(found.contains("/kb/hot-tip-ht-7"), "{found}");
    assert!(
        reader.get("/kb").await.text.contains("HT-7: Reading the card screen"),
        "by its number in the menu"
    );

    // Taken, at the beginning and at review; another kind is another name space.
    let taken = begin("hot_tip", "Another", "ht 7").await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("ht 7 belongs to another hot tip"), "{}", taken.text);
    let other = begin("hot_tip", "Another", "HT-8").await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "{}", other.text);
    let refused = write("hot-tip-ht-8", "HT-7").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("The number HT-7 belongs to another hot tip"), "{}", refused.text);
    assert!(refused.text.contains("e-own_number"), "the fault stands at its field");
    let form = begin("form", "A form", "HT-7").await;
    assert_eq!(form.header("location"), "/kb/edit/draft/form-ht-7?said=begun", "{}", form.text);
    assert_eq!(write("form-ht-7", "HT-7").await.status, StatusCode::SEE_OTHER);
    assert_eq!(approve(&manager, "form-ht-7").await.status, StatusCode::SEE_OTHER);
    let forms = reader.get("/kb/forms?q=HT-7").await.text;
    assert!(forms.contains("<a href=\"/kb/form-ht-7\">HT-7</a>"), "{forms}");
}

#[tokio::test]
async fn the_forms_manual_lists_each_form_once_whatever_the_menu_calls_it() {
    let site = Site::reading().await;
    let reader = site.sign_in("technician").await;
    for (words, page) in [
        ("FAMIS+letter", "famis-letters"),
        ("voter+registration", "voter-registration-form"),
        ("paper+application+forms", "paper-application-forms-mail-out"),
        ("still+needed", "pend-letter-additional-information-needed"),
    ] {
        let text = reader.get(&format!("/kb/forms?q={words}")).await.text;
        assert_eq!(text.matches(r#"<li class="card kbe-form">"#).count(), 1, "{words}: {text}");
        assert!(text.contains(&format!("href=\"/kb/{page}\"")), "{words}: {text}");
        assert!(!text.contains("from no date printed"), "{text}");
    }
}

#[tokio::test]
async fn taking_an_edition_back_says_before_what_readers_see_then() {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let page = |from: Option<jiff::civil::Date>| Draft {
        title: "A page".to_owned(),
        note: "words".to_owned(),
        from,
        ..draft("one", "Words.\n")
    };
    publish(&site, page(None)).await;
    let said = async |browser: &crate::site::Browser<'_>| browser.get("/kb/edit/versions/one").await.text;
    assert!(said(&manager).await.contains("There is no other edition, so readers find the page gone"));
    publish(&site, page(Some(next_monday(&site)))).await;
    let both = said(&manager).await;
    assert!(both.contains("It has not taken force yet: edition 1 simply stays in force."), "{both}");
    assert!(both.contains("readers find the page gone until edition 2 takes force on Monday,"), "{both}");
    let compared = editor.get("/kb/edit/versions/one?a=1&b=2").await.text;
    assert!(compared.contains("<dt>First day in force</dt>"), "{compared}");
    let days = i64::from(site.engine.today().until(next_monday(&site)).unwrap().get_days());
    site.pass(days * 24 * 60 * 60_000);
    let manager = site.sign_in("manager").await;
    let then = said(&manager).await;
    assert!(then.contains("Edition 1 is in force again at once."), "{then}");
    assert!(then.contains("It is not in force: edition 2 is, and stays so."), "{then}");
}

#[tokio::test]
async fn an_author_sees_in_the_header_that_a_draft_was_sent_back() {
    let site = Site::new().await;
    let (editor, manager) = (site.sign_in("editor").await, site.sign_in("manager").await);
    let slug = submitted(&site, &editor).await;
    let page = manager.get(&format!("/kb/edit/review/{slug}")).await;
    let expected = version(&page);
    let fields = [("csrf", manager.csrf.as_str()), ("expected", &expected), ("reason", "say since when")];
    let answer = manager.post_plain(&format!("/kb/edit/review/{slug}/back"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let mark = "<span class=\"badge badge--warn\">1</span> <span class=\"top__more\">sent back to you</span>";
    assert!(editor.get("/kb").await.text.contains(mark));
    assert!(!manager.get("/kb").await.text.contains("sent back to you"));
}

#[tokio::test]
async fn hours_that_are_wrong_on_two_days_are_told_for_both() {
    let site = Site::new().await;
    let editor = site.sign_in("editor").await;
    let slug = begun(&editor).await;
    let expected = version(&editor.get(&format!("/kb/edit/draft/{slug}")).await);
    let monday = next_monday(&site).to_string();
    let mut fields = memo(&expected, "add:hours");
    fields.extend([
        ("hours_id", "customer-service"),
        ("hours_from", &monday),
        ("hours_saturday", "early"),
        ("hours_sunday", "late"),
    ]);
    let wrong = save(&editor, &slug, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for day in ["Saturday: ", "Sunday: "] {
        assert!(wrong.text.contains(day), "{day}{}", wrong.text);
    }
    assert!(wrong.text.contains("early") && wrong.text.contains("late"));
}
