//! Sign-in, sessions, lock-out, the first administrator.

use axum::body::Body;
use axum::http::StatusCode;
use domain::permission::Role;

use crate::site::{PASSWORD, Site, account, hash, request};

#[tokio::test]
async fn each_role_is_led_to_its_own_screen() {
    let site = Site::new().await;
    for (name, home) in
        [("technician", "/desk"), ("supervisor", "/floor"), ("manager", "/floor"), ("admin", "/admin")]
    {
        let answer = site.post_form("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, home));
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let site = Site::new().await;
    let answer = site.post_form("/sign-in", &[("name", "technician"), ("password", PASSWORD)]).await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure"));

    let public_url = "https://texts.example.gov".to_owned();
    let site = Site::with(web::Settings { public_url, ..web::Settings::default() }).await;
    site.save(&account("technician", &[Role::Technician], &hash().await)).await;
    let answer = site.post_form("/sign-in", &[("name", "technician"), ("password", PASSWORD)]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn wrong_names_wrong_passwords_and_locked_accounts_look_alike() {
    let site = Site::new().await;
    let mut answers = Vec::new();
    for name in ["technician", "nobody-of-that-name"] {
        answers.push(site.post_form("/sign-in", &[("name", name), ("password", "wrong wrong wrong")]).await);
    }
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.text.contains("The name or the password is not right, or the account is locked"));
        assert!(answer.headers.get("set-cookie").is_none());
    }
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_for_a_while_and_the_right_one_waits() {
    let site = Site::new().await;
    for _ in 0..5 {
        site.post_form("/sign-in", &[("name", "technician"), ("password", "wrong wrong wrong")]).await;
    }
    let right = [("name", "technician"), ("password", PASSWORD)];
    assert_eq!(site.post_form("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED);
    site.pass(29_000);
    assert_eq!(site.post_form("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED);
    site.pass(2_000);
    assert_eq!(site.post_form("/sign-in", &right).await.status, StatusCode::SEE_OTHER);
    let (_, account) = site.engine.account(&"technician".into()).await.unwrap().unwrap();
    assert_eq!((account.failed_sign_ins, account.locked_until), (0, 0));
}

#[tokio::test]
async fn one_person_with_wrong_passwords_never_locks_their_office_out() {
    let site = Site::new().await;
    let too_long = "x".repeat(300);
    for _ in 0..400 {
        site.post_form("/sign-in", &[("name", "supervisor"), ("password", &too_long)]).await;
    }
    let colleague = site.post_form("/sign-in", &[("name", "technician"), ("password", PASSWORD)]).await;
    assert_eq!(colleague.status, StatusCode::SEE_OTHER);
    let locked = site.post_form("/sign-in", &[("name", "supervisor"), ("password", PASSWORD)]).await;
    assert_eq!(locked.status, StatusCode::UNAUTHORIZED);
    assert!(locked.text.contains("Others at your office are not held up"), "{}", locked.text);
}

#[tokio::test]
async fn an_address_that_tries_many_names_is_slowed_and_told_so_but_never_shut() {
    let site = Site::new().await;
    for n in 0..300 {
        site.post_form("/sign-in", &[("name", &format!("guess{n}")), ("password", &"x".repeat(300))]).await;
    }
    let right = [("name", "technician"), ("password", PASSWORD)];
    let guess = [("name", "guess"), ("password", "wrong wrong wrong")];
    assert_eq!(site.post_form("/sign-in", &guess).await.status, StatusCode::UNAUTHORIZED);
    let answer = site.post_form("/sign-in", &right).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "2"));
    assert!(answer.text.contains("came from your network"), "{}", answer.text);
    assert!(answer.text.contains("it is not locked by it") && answer.text.contains(r#"value="technician""#));
    site.pass(2_000);
    assert_eq!(site.post_form("/sign-in", &right).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_by_idleness_by_age_by_sign_out_and_with_its_account() {
    let site = Site::new().await;
    let minute = 60_000;
    let alive = async |cookie: &str| {
        let answer =
            site.ask(request("GET", "/account").header("cookie", cookie).body(Body::empty()).unwrap()).await;
        answer.status == StatusCode::OK
    };

    let idle = site.sign_in("technician").await;
    site.pass(8 * 60 * minute - 1);
    assert!(alive(&idle.cookie).await, "used within eight hours");
    site.pass(8 * 60 * minute);
    assert!(!alive(&idle.cookie).await, "idle for eight hours");

    let old = site.sign_in("technician").await;
    for _ in 0..11 {
        site.pass(60 * minute);
        assert!(alive(&old.cookie).await);
    }
    site.pass(60 * minute);
    assert!(!alive(&old.cookie).await, "twelve hours old, however busy");

    let left = site.sign_in("technician").await;
    assert_eq!(left.post_plain("/sign-out", &[("csrf", &left.csrf)]).await.status, StatusCode::SEE_OTHER);
    assert!(!alive(&left.cookie).await, "signed out");

    let fired = site.sign_in("technician").await;
    let (_, mut gone) = site.engine.account(&"technician".into()).await.unwrap().unwrap();
    gone.disabled = true;
    site.save(&gone).await;
    assert!(!alive(&fired.cookie).await, "disabled");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let site = Site::new().await;
    let (here, elsewhere) = (site.sign_in("editor").await, site.sign_in("editor").await);
    let fields = |current, new, again| {
        [("csrf", here.csrf.as_str()), ("current", current), ("new", new), ("again", again)]
    };
    let new = "seven green wheelbarrows";
    for (bad, why) in [
        (fields("not the current", new, new), "not right"),
        (fields(PASSWORD, "short", "short"), "at least 12"),
        (fields(PASSWORD, new, "seven green wheelbarrow"), "differ"),
    ] {
        assert!(here.post_plain("/account/password", &bad).await.text.contains(why), "{why}");
    }
    let changed = here.post_plain("/account/password", &fields(PASSWORD, new, new)).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    assert_eq!(elsewhere.get("/account").await.status, StatusCode::SEE_OTHER, "the other session has ended");
    assert_eq!(
        here.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "so has the old one of this browser"
    );
    let kept = changed.cookie().unwrap();
    let answer =
        site.ask(request("GET", "/account").header("cookie", &kept).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "this browser has a new one");
}

#[tokio::test]
async fn a_sign_in_never_takes_over_a_session_made_before_it() {
    let site = Site::new().await;
    let before = site.sign_in("technician").await;
    let again = before
        .post_plain("/sign-in", &[("csrf", &before.csrf), ("name", "technician"), ("password", PASSWORD)])
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_ne!(again.cookie().unwrap(), before.cookie);
    assert_eq!(before.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn without_encryption_nobody_signs_in_from_another_machine() {
    let site = Site::new().await;
    let browser = site.sign_in("technician").await;
    let far = axum::http::Request::get("/account")
        .header("host", "192.168.1.5:8080")
        .header("cookie", &browser.cookie);
    assert_eq!(site.ask(far.body(Body::empty()).unwrap()).await.status, StatusCode::SEE_OTHER);
    let form = axum::http::Request::post("/sign-in")
        .header("host", "192.168.1.5:8080")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer =
        site.ask(form.body(Body::from("name=technician&password=a+river+under+stones")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("https"));
}

#[tokio::test]
async fn the_first_administrator_is_made_once_and_only_with_the_printed_code() {
    let code = "brook-lantern-42".to_owned();
    let site =
        Site::with(web::Settings { first_start_code: Some(code.clone()), ..web::Settings::default() }).await;
    assert_eq!(site.get("/sign-in").await.header("location"), "/first-start");
    let form = |code: &str| {
        [
            ("code", code.to_owned()),
            ("name", "Root.One".to_owned()),
            ("full_name", "Demo Operator".to_owned()),
            ("password", PASSWORD.to_owned()),
        ]
    };
    let wrong = form("guess");
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(site.post_form("/first-start", &wrong).await.status, StatusCode::UNAUTHORIZED);
    assert!(site.engine.accounts().await.unwrap().is_empty());

    let right = form(&code);
    let right: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let made = site.post_form("/first-start", &right).await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/admin"));
    let (_, account) = site.engine.account(&"root.one".into()).await.unwrap().unwrap();
    assert_eq!(account.roles, [Role::Admin]);
    assert_eq!(site.post_form("/first-start", &right).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/first-start").await.status, StatusCode::NOT_FOUND);
}
