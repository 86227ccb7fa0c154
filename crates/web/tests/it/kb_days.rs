//! The knowledge base on other days: what was in force then, what takes force later, and numbers that lead on.

use domain::knowledge::{Audience, Draft, Kind, Memo, Required, SettingChange};
use jiff::ToSpan as _;

use crate::kb_reading::{between, draft, ok, plain, publish};
use crate::site::Site;

/// A memo that opens the centers on Saturdays from so many days ahead on.
pub(crate) fn saturdays(site: &Site, ahead: i64) -> Draft {
    let from = site.engine.today().checked_add(ahead.days()).unwrap();
    let change = SettingChange {
        kind: "hours".to_owned(),
        id: "customer-service".to_owned(),
        from,
        until: None,
        set: [("/saturday".to_owned(), serde_json::json!(["09:00-12:00"]))].into(),
    };
    let memo = Memo {
        number: "IM-60".to_owned(),
        issuing_role: "division director".to_owned(),
        kind: "hours".to_owned(),
        actions: vec!["Review it.".to_owned()],
        required: Some(Required { due_days: 5, ..Required::default() }),
        changes: vec![change],
        ..Memo::default()
    };
    let title = "IM-60: Open on Saturdays".to_owned();
    Draft {
        kind: Kind::Memo,
        title,
        from: Some(from),
        memo: Some(memo),
        ..draft("memo-im-60", "Quokka words.\n")
    }
}

#[tokio::test]
async fn what_was_in_force_on_a_day_is_asked_once_and_carried_through_the_whole_site() {
    let site = Site::reading().await;
    publish(&site, draft("desk-rule", "The numbat rule of old.\n")).await;
    let before = site.engine.today();
    site.pass(3 * 86_400_000);
    publish(&site, draft("desk-rule", "The wombat rule of now.\n")).await;
    let browser = site.sign_in("technician").await;
    let on = format!("on={before}");
    for path in ["/kb", "/kb/categories", "/kb/desk-rule", "/kb/search?q=rule"] {
        let now = ok(&browser, path).await;
        assert!(!now.contains("You read the site as it was") && now.contains("id=\"kb-asof\""), "{path}");
        let then = ok(&browser, &format!("{path}{}{on}", if path.contains('?') { '&' } else { '?' })).await;
        assert!(then.contains("You read the site as it was in force on November 18, 2026."), "{path}");
        assert!(then.contains("Back to today</a>"), "{path}");
        let menu = between(&then, "id=\"kb-menu\"", "</nav>");
        // Entries that are screens of their own, such as the list of memos, know today only.
        let today_only = ["calculators", "hot-tips", "forms"];
        for entry in menu.split("href=\"/kb/").skip(1).map(|rest| between(rest, "", "\"")) {
            assert!(entry.ends_with(&on) || today_only.contains(&entry), "{path}: {entry}");
        }
        assert!(
            then.contains(&format!("<input type=\"hidden\" name=\"on\" value=\"{before}\">")),
            "{path}: the search"
        );
    }
    let then = ok(&browser, &format!("/kb/desk-rule?{on}")).await;
    assert!(then.contains("numbat rule") && !then.contains("wombat"), "{}", plain(&then));
    assert!(then.contains("data-today href=\"/kb/desk-rule\""));
    // Searching on that day finds what was in force then, though the index holds today's words only.
    let found = ok(&browser, &format!("/kb/search?q=numbat&{on}")).await;
    assert!(found.contains(&format!("/kb/desk-rule?{on}")), "{}", plain(&found));
    assert!(!ok(&browser, &format!("/kb/search?q=wombat&{on}")).await.contains("wombat</mark> rule"));
    let memos = plain(&ok(&browser, "/kb/memos?on=2021-03-01").await);
    assert!(memos.contains("as they stood on Mar 1, 2021"), "{memos}");
    assert!(memos.contains("until Mar 6, 2021 In force") && !memos.contains("Apr 5, 2021"), "{memos}");
    assert!(plain(&ok(&browser, "/kb/memos").await).contains("until Mar 6, 2021 Expired"));
    // The desk's panel always shows today's.
    assert!(ok(&browser, &format!("/kb/desk-rule/panel?{on}")).await.contains("wombat"));
}

#[tokio::test]
async fn im31_memo_1_a_scheduled_memo_is_read_at_its_plain_address_and_listed_as_coming() {
    let site = Site::reading().await;
    publish(&site, saturdays(&site, 5)).await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/memo-im-60").await;
    assert!(page.contains("It takes force on November 23, 2026.") && page.contains("Quokka words."));
    let words = plain(&page);
    // IM31-HOURS-5: readers see what will change, by title and day, before it does.
    assert!(words.contains("Saturday closed 9:00 am to 12:00 pm"), "{words}");
    assert!(!page.contains("I have read edition"), "nobody owes it before its day");
    let reading = plain(&ok(&browser, "/kb/reading").await);
    assert!(
        reading.contains("Takes force later") && reading.contains("IM-60: Open on Saturdays"),
        "{reading}"
    );
    for q in ["im-60", "IM 60", "saturdays"] {
        let found = plain(&ok(&browser, &format!("/kb/search?q={}", q.replace(' ', "+"))).await);
        assert!(found.contains("Takes force later IM-60: Open on Saturdays"), "{q}: {found}");
    }
    // Not for those who may not read it.
    publish(&site, Draft { audience: Audience::Supervisors, ..saturdays(&site, 6) }).await;
    site.pass(5 * 86_400_000);
    let browser = site.sign_in("technician").await;
    assert!(ok(&browser, "/kb/memo-im-60").await.contains("Quokka"), "the first edition is in force");
}

#[tokio::test]
async fn kb_page_3_numbers_in_a_text_lead_on_and_further_hits_of_a_page_are_listed() {
    let site = Site::reading().await;
    let text = "Call 855-823-4908 about the CS-201, see memo IM-31.\n\nA bilby here.\n\nA bilby there.\n";
    publish(&site, draft("numbers", text)).await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/numbers").await;
    for link in ["href=\"tel:+18558234908\"", "href=\"/kb/forms?q=CS-201\"", "href=\"/kb/im-31\">IM-31</a>"] {
        assert!(between(&page, "<article", "</article>").contains(link), "{link}");
    }
    let found = ok(&browser, "/kb/search?q=bilby").await;
    let more = between(&found, "class=\"kb-hit__more small\" href=\"", "\"")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert!(more.contains("page=numbers"), "{more}");
    let listed = ok(&browser, &more).await;
    assert!(listed.contains("Only in <strong>Page numbers</strong>"), "{}", plain(&listed));
    assert_eq!(listed.matches("class=\"kb-hit ").count() + listed.matches("class=\"kb-hit\"").count(), 2);
    // Another reader's page lists nothing.
    publish(
        &site,
        Draft { audience: Audience::Supervisors, ..draft("closed", "A bilby in the board room.\n") },
    )
    .await;
    assert!(!ok(&browser, "/kb/search?q=bilby&page=closed").await.contains("board room"));
}

#[tokio::test]
async fn a_page_that_somebody_may_not_read_takes_no_question_of_theirs() {
    let site = Site::reading().await;
    publish(&site, Draft { audience: Audience::Supervisors, ..draft("closed", "For the board.\n") }).await;
    let (technician, supervisor) = (site.sign_in("technician").await, site.sign_in("supervisor").await);
    for (browser, path, wanted) in [
        (&technician, "/kb/closed/question", 404),
        (&technician, "/kb/no-such-page/question", 404),
        (&supervisor, "/kb/closed/question", 303),
    ] {
        let fields = [("csrf", browser.csrf.as_str()), ("text", "May I ask?"), ("route", "editors")];
        assert_eq!(browser.post_plain(path, &fields).await.status.as_u16(), wanted, "{path}");
    }
}

#[tokio::test]
async fn entries_without_a_text_stand_behind_those_that_have_one_unless_they_were_typed() {
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    for q in ["healthnet", "card"] {
        let found = ok(&browser, &format!("/kb/search?q={q}")).await;
        let hits: Vec<bool> = found
            .split("kb-hit__title\">")
            .skip(1)
            .map(|hit| hit.split("</a>").next().unwrap().contains("only named, nothing to read"))
            .collect();
        assert!(hits.contains(&true) && hits.contains(&false), "{q}: {}", plain(&found));
        assert!(hits.is_sorted(), "{q}: {hits:?}");
    }
    let typed = ok(&browser, "/kb/search?q=MO+HealthNet+Card").await;
    assert!(
        between(&typed, "kb-hit__title\">", "</a>").starts_with("MO HealthNet Card"),
        "{}",
        plain(&typed)
    );
}
