//! Reading: pages, memos and files, as staff meet them over the shipped pack. Searching and the help centre: [`crate::kb_help`].

use axum::http::StatusCode;
use domain::knowledge::{Attachment, Audience, Draft, Kind};
use domain::permission::Role;
use engine::pages::Route;

use crate::site::{Browser, Site, account, hash};

/// Words of a page without its tags, spaces made single.
pub(crate) fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut tag = false;
    for letter in html.chars() {
        match letter {
            '<' => tag = true,
            '>' => {
                tag = false;
                out.push(' ');
            }
            other if !tag => out.push(other),
            _ => {}
        }
    }
    let out = out.replace("&#38;", "&").replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\"");
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands between two pieces of a page.
pub(crate) fn between<'a>(text: &'a str, from: &str, until: &str) -> &'a str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}")).1;
    rest.split_once(until).map_or(rest, |(inside, _)| inside)
}

pub(crate) async fn ok(browser: &Browser<'_>, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.text
}

pub(crate) async fn open(site: &Site, path: &str) -> String {
    let answer = site.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.text
}

/// A page written by the editor and approved by the manager.
pub(crate) async fn publish(site: &Site, draft: Draft) {
    let slug = draft.slug.clone();
    let base = site.engine.library().page(&slug).and_then(|(_, page)| page.editions.last().map(|e| e.number));
    let draft = Draft { base: base.unwrap_or(0), language: "en".to_owned(), ..draft };
    let saved = site.engine.save_draft(0, draft, "editor").await.unwrap();
    let saved = site.engine.submit_draft(&slug, saved.version, "editor").await.unwrap();
    site.engine.approve_draft(&slug, saved.version, "manager").await.unwrap();
    site.engine.follow_index().await.unwrap();
}

pub(crate) fn draft(slug: &str, body: &str) -> Draft {
    Draft { slug: slug.to_owned(), title: format!("Page {slug}"), body: body.to_owned(), ..Draft::default() }
}

#[tokio::test]
async fn kb_page_1_the_first_link_skips_to_the_heading_of_the_page() {
    // KB-PAGE-1, MEDSUP-NAV-1
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    for path in [
        "/kb",
        "/kb/sms-text-sop",
        "/kb/categories",
        "/kb/search?q=card",
        "/kb/cooperation-in-pursuit-of-medical-support",
    ] {
        let page = ok(&browser, path).await;
        let first = between(&page, "<a ", "</a>");
        assert!(
            first.contains("class=\"skip\" href=\"#kb-title\"") && first.contains("Skip to content"),
            "{path}: {first}"
        );
        assert!(page.contains("<h1 id=\"kb-title\" tabindex=\"-1\""), "{path}");
    }
    assert!(open(&site, "/help?lang=es").await.contains("href=\"#kb-title\">Ir al contenido"));
}

#[tokio::test]
async fn kb_page_2_the_menu_beside_every_page_holds_every_entry_of_the_documents() {
    // KB-PAGE-2, KB-PAGE-3, MEDSUP-NAV-2 to MEDSUP-NAV-15
    let site = Site::reading().await;
    let browser = site.sign_in("supervisor").await;
    let page = ok(&browser, "/kb/live-chat-sop").await;
    assert_eq!(page.matches("id=\"kb-menu\"").count(), 1, "one menu for wide and narrow screens");
    let menu = between(&page, "id=\"kb-menu\"", "</nav>");
    let counts = [
        ("knowledge-base", 3),
        ("policy", 6),
        ("internal-systems", 12),
        ("external-sites", 12),
        ("hand-offs", 17),
        ("non-magi-specialized-units", 6),
        ("tools", 13),
        ("fpl-charts", 3),
        ("calculators", 4),
        ("cciu-guides", 4),
        ("verification-evidence-matrix", 2),
        ("famis-resources", 30),
        ("medes-resources", 18),
        ("evs", 10),
        ("field-processes", 24),
        ("sops", 25),
        ("customer-information", 8),
    ];
    let library = site.engine.library();
    let viewer = site.engine.viewer(&[Role::Supervisor]);
    for (section, wanted) in counts {
        assert!(menu.contains(&format!("href=\"/kb/{section}\"")), "{section}");
        // Pages that the pack itself adds below a heading of the documents are no entries of theirs.
        let below = library.children(Some(section), viewer);
        assert!(below.len() >= wanted, "{section} has {} entries, not {wanted}", below.len());
        for (page, _) in below {
            assert!(menu.contains(&format!("href=\"/kb/{}\"", page.slug)), "{} below {section}", page.slug);
        }
    }
    assert!(menu.contains("aria-current=\"page\">Live Chat SOP"), "the reader's own page is marked");
    // One click from one procedure to another (KB-PAGE-3); what has no text yet says so.
    assert!(menu.contains("href=\"/kb/phone-specific-sops\"") && menu.contains("only named, no text yet"));
}

#[tokio::test]
async fn medsup_nav_5_what_is_for_supervisors_is_not_in_the_menu_of_others() {
    let site = Site::reading().await;
    let closed: Vec<String> = site
        .engine
        .library()
        .pages()
        .filter(|page| page.editions.iter().any(|edition| edition.audience == Audience::Supervisors))
        .map(|page| page.slug.clone())
        .collect();
    assert!(!closed.is_empty(), "the pack closes the IM-14 entry to others");
    let (technician, supervisor) = (site.sign_in("technician").await, site.sign_in("supervisor").await);
    for slug in closed {
        let (here, there) = (ok(&technician, "/kb").await, ok(&supervisor, "/kb").await);
        let link = format!("href=\"/kb/{slug}\"");
        assert!(!here.contains(&link) && there.contains(&link), "{slug}");
        assert_eq!(technician.get(&format!("/kb/{slug}")).await.status, StatusCode::NOT_FOUND, "{slug}");
    }
}

#[tokio::test]
async fn kb_page_4_the_trail_leads_from_home_to_the_page_and_each_level_is_a_link() {
    // KB-PAGE-4, MEDSUP-NAV-16
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    for (slug, above) in
        [("sms-text-sop", "SOPs"), ("cooperation-in-pursuit-of-medical-support", "MEDES Resources")]
    {
        let page = ok(&browser, &format!("/kb/{slug}")).await;
        let trail = between(&page, "aria-label=\"Trail\"", "</nav>");
        let words = plain(&format!("<nav {trail}"));
        assert!(
            // KB-PAGE-4: by the name that the documents' own trail has.
            words.starts_with("Home IMResourcesHome ")
                && words.contains(&format!("Resources, SOPs & Field Processes {above} ")),
            "{words}"
        );
        assert_eq!(trail.matches("<li>").count(), trail.matches("<li><a href=\"/kb/").count());
        assert_eq!(trail.matches("aria-current=\"page\"").count(), 1);
    }
}

#[tokio::test]
async fn kb_page_5_view_categories_lists_them_with_their_counts() {
    // KB-PAGE-5, MEDSUP-NAV-17
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/live-chat-sop").await;
    assert!(page.contains("<a href=\"/kb/categories\">View Categories</a>"));
    let words = plain(&ok(&browser, "/kb/categories").await);
    for category in
        ["FAMIS Resources 30", "MEDES Resources 18", "EVS 10", "Field Processes 24", "Customer Information 8"]
    {
        assert!(words.contains(category), "{category} in {words}");
    }
    assert!(words.contains("SOPs 2"), "{words}");
}

#[tokio::test]
async fn kb_page_6_every_heading_has_its_anchor_and_the_contents_list_leads_to_each() {
    // KB-PAGE-6, MEDSUP-PAGE-1
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    for slug in
        ["sms-text-sop", "live-chat-sop", "phone-specific-sops", "cooperation-in-pursuit-of-medical-support"]
    {
        let page = ok(&browser, &format!("/kb/{slug}")).await;
        let contents = between(&page, "data-kb-toc", "</details>");
        let anchors: Vec<&str> =
            contents.split("href=\"#").skip(1).map(|rest| between(rest, "", "\"")).collect();
        assert!(anchors.len() > 3, "{slug}: {anchors:?}");
        let text = between(&page, "<article", "</article>");
        for anchor in anchors {
            assert!(text.contains(&format!("id=\"{anchor}\"")), "{slug}#{anchor}");
            assert!(text.contains(&format!("href=\"#{anchor}\"")), "the heading {anchor} links to itself");
        }
    }
}

#[tokio::test]
async fn kb_page_7_one_vote_for_each_reader_and_edition_with_what_they_say() {
    // KB-PAGE-7, MEDSUP-PAGE-2
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/live-chat-sop").await;
    assert!(page.contains("Was this guide helpful?"));
    let vote = |helpful, comment| {
        [("csrf", browser.csrf.as_str()), ("edition", "1"), ("helpful", helpful), ("comment", comment)]
    };
    for fields in [vote("yes", ""), vote("no", "the second step is missing")] {
        let answer = browser.post_plain("/kb/live-chat-sop/vote", &fields).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/kb/live-chat-sop?said=vote#kb-said")
        );
    }
    let votes = site.engine.votes().await.unwrap();
    assert_eq!(votes.len(), 1);
    let one = &votes[0];
    assert_eq!((one.slug.as_str(), one.edition, one.helpful), ("live-chat-sop", 1, false));
    assert_eq!(
        (one.reader.as_str(), one.role.as_str(), one.comment.as_str()),
        ("technician", "technician", "the second step is missing")
    );
    assert!(ok(&browser, "/kb/live-chat-sop?said=vote").await.contains("Thank you."));
    let wrong = browser
        .post_plain(
            "/kb/live-chat-sop/vote",
            &[("csrf", &browser.csrf), ("edition", "7"), ("helpful", "yes")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND, "no edition 7");
}

#[tokio::test]
async fn kb_page_8_who_is_still_stuck_asks_and_sees_the_number_of_the_question() {
    // KB-PAGE-8, MEDSUP-PAGE-3
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    assert!(ok(&browser, "/kb/live-chat-sop").await.contains("Still stuck? How can we help?"));
    let fields = [
        ("csrf", browser.csrf.as_str()),
        ("edition", "1"),
        ("text", "Where do I find the queue?"),
        ("route", "editors"),
    ];
    let answer = browser.post_plain("/kb/live-chat-sop/question", &fields).await;
    let number = between(answer.header("location"), "number=", "#").to_owned();
    assert_eq!(number.len(), 8, "{number}");
    let questions = site.engine.questions().await.unwrap();
    assert_eq!(
        (questions.len(), questions[0].slug.as_deref(), questions[0].edition),
        (1, Some("live-chat-sop"), Some(1))
    );
    assert!(questions[0].id.replace('-', "").to_uppercase().ends_with(&number));
    assert!(ok(&browser, answer.header("location")).await.contains(&number));
}

#[tokio::test]
async fn im33_q_1_a_question_on_a_memo_goes_up_the_chain_and_only_managers_reach_the_policy_unit() {
    // IM33-Q-1, IM33-Q-2, IM33-Q-6, MEDSUP-NAV-5
    let site = Site::reading().await;
    let mut staff = account("technician", &[Role::Technician], &hash().await);
    staff.supervisor = Some("supervisor".into());
    site.save(&staff).await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/im-31").await;
    assert!(page.contains("value=\"supervisor\" checked"), "the supervisor is chosen on a memo");
    for shut in ["policy_unit", "im14"] {
        assert!(page.contains(&format!("value=\"{shut}\" disabled")), "{shut}");
        let fields = [
            ("csrf", browser.csrf.as_str()),
            ("edition", "1"),
            ("text", "May I?"),
            ("route", shut),
            ("programme", "SNAP"),
        ];
        let answer = browser.post_plain("/kb/im-31/question", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{shut}");
    }
    let fields = [
        ("csrf", browser.csrf.as_str()),
        ("edition", "1"),
        ("text", "What about Saturdays?"),
        ("route", "supervisor"),
    ];
    assert_eq!(browser.post_plain("/kb/im-31/question", &fields).await.status, StatusCode::SEE_OTHER);
    let questions = site.engine.questions().await.unwrap();
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].route, Route::Supervisor { staff: Some("supervisor".into()) });
    let manager = site.sign_in("manager").await;
    let fields = [
        ("csrf", manager.csrf.as_str()),
        ("edition", "1"),
        ("text", "What about Saturdays?"),
        ("route", "policy_unit"),
        ("programme", "SNAP"),
    ];
    assert_eq!(manager.post_plain("/kb/im-31/question", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(
        matches!(&site.engine.questions().await.unwrap()[0].route, Route::PolicyUnit { address, .. } if address == "COLE.FSPOLICY@dss.mo.gov")
    );
}

#[tokio::test]
async fn kb_page_9_the_date_of_the_latest_revision_is_shown_and_changes_with_a_new_edition() {
    // KB-PAGE-9, MEDSUP-PAGE-4
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    for (slug, date) in [
        ("sms-text-sop", "April 22, 2025"),
        ("phone-specific-sops", "April 22, 2025"),
        ("live-chat-sop", "April 30, 2025"),
        ("cooperation-in-pursuit-of-medical-support", "May 16, 2025"),
    ] {
        assert!(ok(&browser, &format!("/kb/{slug}")).await.contains(&format!("Updated on {date}")), "{slug}");
    }
    publish(&site, draft("sms-text-sop", "## New\n\nOther words.\n")).await;
    let page = ok(&browser, "/kb/sms-text-sop").await;
    assert!(
        page.contains("Updated on November 18, 2026") && page.contains("Other words."),
        "{}",
        plain(&page)
    );
    assert!(page.contains("written by Demo editor, approved by Demo manager"));
    // The edition before stays readable, and says that it is not in force.
    let old = ok(&browser, "/kb/sms-text-sop?edition=1").await;
    assert!(
        old.contains("This is an older edition. Edition 2 has taken its place.")
            && old.contains("Updated on April 22, 2025")
    );
}

#[tokio::test]
async fn kb_page_10_neighbours_follow_the_order_of_the_category_and_the_foot_is_the_sites_own() {
    // KB-PAGE-10, KB-PAGE-11, MEDSUP-PAGE-5
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    let library = site.engine.library();
    let viewer = site.engine.viewer(&[Role::Technician]);
    for slug in ["sms-text-sop", "live-chat-sop", "cooperation-in-pursuit-of-medical-support"] {
        let page = ok(&browser, &format!("/kb/{slug}")).await;
        let near = between(&page, "aria-label=\"Neighbouring pages\"", "</nav>");
        for (found, rel) in library.neighbours(slug, viewer).into_iter().zip(["prev", "next"]) {
            let wanted = found.map(|(page, _)| format!("href=\"/kb/{}\"", page.slug));
            assert_eq!(near.contains(&format!("rel=\"{rel}\"")), wanted.is_some(), "{slug}");
            assert!(wanted.is_none_or(|link| near.contains(&link)), "{slug} {rel}");
        }
        assert!(page.contains("© 2025 IM Resources."));
    }
}

#[tokio::test]
async fn a_page_can_be_read_as_it_was_in_force_on_a_day() {
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    let before = ok(&browser, "/kb/im-31?on=2021-04-06").await;
    assert!(before.contains("as it was in force on April 6, 2021 (edition 1)"));
    let none = browser.get("/kb/im-31?on=2021-02-03").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert!(none.text.contains("No edition of this page was in force on February 3, 2021"));
    for odd in ["2026-11-22T10:00", "-009999-01-01", "1899-12-31", "3000-01-01"] {
        let answer = browser.get(&format!("/kb/im-31?on={odd}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
    }
    let wrong = browser.get("/kb/im-31?on=yesterday").await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("such as 2021-02-03"));
}

#[tokio::test]
async fn im33_memo_1_a_memo_shows_its_particulars_and_is_acknowledged_in_its_edition() {
    // IM31-MEMO-1, IM31-HOURS-3, IM31-ACK-1
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/im-31").await;
    let words = plain(&page);
    for part in [
        "Memo number IM-31",
        "Issued by division director",
        "Necessary action Review this memorandum with appropriate staff.",
        // IM31-HOURS-5: by its title and by days, never as it is kept.
        "Opening hours: Customer Service Center hours , from Monday, April 5, 2021 What As the memo sets it \
         Monday to Friday 6:00 am to 6:00 pm Saturday and Sunday closed",
        "April 3, 2021 closed: Customer Service Centers closed (memorandum IM-31)",
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert!(page.contains("I have read edition 1"));
    assert!(
        ok(&browser, "/kb").await.contains("IM-31: Customer service hours"),
        "it waits on the first page"
    );
    let wrong = browser.post("/kb/im-31/acknowledge", &[("edition", "9")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "an edition that is not in force");
    let fields = [("csrf", browser.csrf.as_str()), ("edition", "1")];
    let answer = browser.post_plain("/kb/im-31/acknowledge", &fields).await;
    assert_eq!(answer.header("location"), "/kb/im-31?said=acknowledged#kb-said");
    let after = ok(&browser, "/kb/im-31").await;
    assert!(after.contains("You acknowledged this edition on") && !after.contains("I have read edition"));
    assert!(!between(&ok(&browser, "/kb").await, "Memos to read", "</section>").contains("/kb/im-31\""));
    // The editor is not among those who have to read it.
    let editor = site.sign_in("editor").await;
    assert!(!ok(&editor, "/kb/im-31").await.contains("I have read edition"));
}

const CLOSED: &str =
    "## For all\n\nOpen words here.\n\n## Inside {.supervisors}\n\nClosed words there. {#SMS-T-9}\n";

#[tokio::test]
async fn supervisors_parts_never_reach_others_on_the_page_in_the_panel_in_print_or_in_search() {
    let site = Site::reading().await;
    publish(&site, draft("both", CLOSED)).await;
    let (technician, supervisor) = (site.sign_in("technician").await, site.sign_in("supervisor").await);
    // The supervisor reads first, so that a page kept for one could reach the other.
    for path in [
        "/kb/both",
        "/kb/both/panel",
        "/kb/both?print=1",
        "/kb/both?edition=1",
        "/kb/search?q=closed+words",
        "/api/v1/knowledge/search?q=closed+words",
    ] {
        let there = ok(&supervisor, path).await;
        let here = ok(&technician, path).await;
        let (there, here) = (plain(&there), plain(&here));
        assert!(
            there.contains("Closed words") || there.contains("words there") || there.contains("Inside"),
            "{path}: {there}"
        );
        assert!(!here.contains("words there") && !here.contains("Inside"), "{path}: {here}");
    }
    assert_eq!(technician.get("/kb/by-clause/SMS-T-9").await.status, StatusCode::NOT_FOUND);
    assert_eq!(supervisor.get("/kb/by-clause/SMS-T-9").await.header("location"), "/kb/both#SMS-T-9");
}

#[tokio::test]
async fn a_clause_leads_to_its_very_paragraph_and_the_clause_page_says_so() {
    let site = Site::reading().await;
    let browser = site.sign_in("technician").await;
    for clause in ["SMS-GEN-4", "CHAT-DEESC-5", "PHONE-APPT-13", "IM31-HOURS-3"] {
        let answer = browser.get(&format!("/kb/by-clause/{clause}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{clause}");
        let (page, anchor) = answer.header("location").split_once('#').unwrap();
        assert!(ok(&browser, page).await.contains(&format!("id=\"{anchor}\"")), "{clause}");
        assert!(
            ok(&browser, &format!("/clause/{clause}"))
                .await
                .contains(&format!("href=\"/kb/by-clause/{clause}\""))
        );
    }
    assert_eq!(browser.get("/kb/by-clause/SMS-T-8").await.status, StatusCode::NOT_FOUND);
    // A text that replaces the page moves the paragraph at once.
    publish(&site, draft("sms-text-sop", "Other words. {#SMS-GEN-4}\n")).await;
    let moved = browser.get("/kb/by-clause/SMS-GEN-4").await;
    assert!(moved.header("location").ends_with("#SMS-GEN-4"));
}

#[tokio::test]
async fn sms_gen_4_only_public_words_go_from_the_panel_into_a_reply() {
    let site = Site::reading().await;
    publish(&site, draft("inner", "Staff say it so. {#SMS-T-1}\n\nNobody else may know. {#SMS-T-2}\n")).await;
    publish(
        &site,
        Draft { audience: Audience::Public, ..draft("outer", "Customers read it so. {#SMS-T-1}\n") },
    )
    .await;
    let browser = site.sign_in("technician").await;
    let inner = ok(&browser, "/kb/inner/panel").await;
    let inserts = between(&inner, "data-kb-inserts", "</ul>");
    assert!(
        inserts.contains("Customers read it so.") && inserts.contains("/help/outer#SMS-T-1"),
        "{inserts}"
    );
    assert!(!inserts.contains("Staff say") && !inserts.contains("Nobody else"), "{inserts}");
    assert!(!inner.contains("Insert link"), "a page for staff has no link for customers");
    let outer = ok(&browser, "/kb/outer/panel?at=SMS-T-1").await;
    assert!(
        outer.contains("data-text=\"http://localhost:8080/help/outer#SMS-T-1\"")
            && outer.contains("data-kb-at=\"SMS-T-1\"")
    );
}

/// A picture of one point.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

async fn attached(site: &Site, name: &str, bytes: &[u8]) -> Attachment {
    site.engine.put_file(name, bytes, "editor").await.unwrap()
}

#[tokio::test]
async fn files_are_served_to_those_who_may_read_their_page_and_never_run() {
    let site = Site::reading().await;
    let (inner, outer) =
        (attached(&site, "plan.txt", b"plain words").await, attached(&site, "chart.png", PNG).await);
    publish(
        &site,
        Draft { attachments: vec![inner.clone()], ..draft("inner", "See [the plan](file:plan.txt).\n") },
    )
    .await;
    publish(
        &site,
        Draft {
            attachments: vec![outer.clone()],
            audience: Audience::Public,
            ..draft("outer", "![The chart](file:chart.png)\n")
        },
    )
    .await;
    let secret = attached(&site, "secret.txt", b"for supervisors").await;
    let closed = "Words.\n\n> [!SUPERVISORS]\n> [secret](file:secret.txt)\n";
    publish(&site, Draft { attachments: vec![secret.clone()], ..draft("closed", closed) }).await;
    let browser = site.sign_in("technician").await;
    let file = browser.get(&format!("/kb/file/{}", inner.hash)).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "plain words"));
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"plan.txt\""));
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(
        file.header("content-security-policy").contains("sandbox")
            && file.header("content-security-policy").contains("default-src 'none'")
    );
    assert!(ok(&browser, "/kb/outer").await.contains(&format!("src=\"/kb/file/{}\"", outer.hash)));
    assert!(open(&site, "/help/outer").await.contains(&format!("src=\"/help/file/{}\"", outer.hash)));
    let public = site.get(&format!("/help/file/{}", outer.hash)).await;
    assert_eq!((public.status, public.header("content-type")), (StatusCode::OK, "image/png"));
    assert_eq!(
        site.get(&format!("/help/file/{}", inner.hash)).await.status,
        StatusCode::NOT_FOUND,
        "not public"
    );
    assert_eq!(browser.get(&format!("/kb/file/{}", secret.hash)).await.status, StatusCode::NOT_FOUND);
    let supervisor = site.sign_in("supervisor").await;
    assert_eq!(supervisor.get(&format!("/kb/file/{}", secret.hash)).await.status, StatusCode::OK);
    for wrong in ["..%2f..%2fetc%2fpasswd", "abc", &"0".repeat(64)] {
        assert_eq!(browser.get(&format!("/kb/file/{wrong}")).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    // A later edition without the file takes it from the public.
    publish(&site, Draft { audience: Audience::Public, ..draft("outer", "No picture.\n") }).await;
    assert_eq!(site.get(&format!("/help/file/{}", outer.hash)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn entries_are_shown_as_what_they_are() {
    let site = Site::reading().await;
    let link = Draft {
        kind: Kind::Link,
        target: Some("https://example.org/x".to_owned()),
        body: String::new(),
        ..draft("way-out", "")
    };
    publish(&site, link).await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/way-out").await;
    assert!(
        page.contains("This entry leads to another site.")
            && page.contains("href=\"https://example.org/x\" rel=\"noopener noreferrer\"")
    );
    for (kind, words) in
        [(Kind::HandOff, "From here work goes to another unit."), (Kind::Calculator, "keeps a calculator")]
    {
        let slug = site.engine.library().pages().find(|page| page.kind == kind).unwrap().slug.clone();
        assert!(ok(&browser, &format!("/kb/{slug}")).await.contains(words), "{slug}");
    }
}

#[tokio::test]
async fn a_hostile_text_stays_text_and_a_large_one_is_still_served() {
    let site = Site::reading().await;
    let hostile =
        "<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![x](data:image/svg+xml;base64,AAAA)\n";
    publish(&site, draft("hostile", hostile)).await;
    let browser = site.sign_in("technician").await;
    let page = ok(&browser, "/kb/hostile").await;
    assert!(
        !page.contains("<script>alert") && !page.contains("javascript:") && !page.contains("src=\"data:")
    );
    publish(&site, draft("large", &"A sentence that is not long.\n\n".repeat(60_000))).await;
    let first = ok(&browser, "/kb/large").await;
    assert!(first.contains("Part 1 of ") && first.len() < 400_000, "{} bytes", first.len());
    assert!(ok(&browser, "/kb/large?print=1").await.len() > 1_700_000);
}
