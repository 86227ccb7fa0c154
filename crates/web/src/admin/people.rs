//! People who sign in: roles, office, immediate supervisor, skills, capacity, password.
//!
//! Managers and administrators change everything; a supervisor changes skills and capacity, so that the SMS skill can be
//! withdrawn at once (SMS-GEN-3). Nobody makes an administrator but an administrator, nobody disables themselves, and the
//! last administrator stays.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::StaffId;
use domain::pack::Pack;
use domain::permission::{Permission, Role};
use engine::Account;
use engine::records::ACCOUNT;

use super::form::{Field, Given, Input, check_id};
use super::frame::{Cell, Edit, Frame, Listing, Said, Table, page};
use super::record;
use crate::error::Error;
use crate::page::go;
use crate::session::{self, SignedIn};
use crate::{App, password as passwords};

/// The skill whose withdrawal needs a reason (SMS-GEN-3).
const SMS: &str = "sms";
const BACK: (&str, &str) = ("/admin/people", "People");

/// `GET /admin/people`.
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let wanted = query.get("q").map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let pack = app.engine.pack();
    let mut accounts: Vec<Account> =
        app.engine.accounts().await?.into_iter().map(|(_, account)| account).collect();
    accounts.retain(|a| a.name.to_lowercase().contains(&wanted) || a.id.0.contains(&wanted));
    accounts.sort_by_key(|account| (account.disabled, account.name.clone()));
    let rows = accounts.iter().map(|account| row(account, &pack)).collect();
    let table = Table {
        title: "People".to_owned(),
        columns: vec!["Name", "Roles", "Office", "Skills", "Texts at once"],
        rows,
        empty: "Nobody fits.",
        new: me.may(Permission::Settings).then_some(("/admin/people/new", "Add a person")),
    };
    let body = Listing {
        frame: Frame::new(&me, "/admin/people", &query),
        title: "People",
        intro: "Who signs in, what they may do, and which texts they are offered. Changes of skills take force with the next text.",
        search: vec![Field::new("q", "Name", Input::Text, wanted)],
        tables: vec![table],
    };
    page("People", &me).show(&app, &body)
}

fn row(account: &Account, pack: &Pack) -> Vec<Cell> {
    let office =
        pack.agency.office(&account.office).map_or(account.office.as_str(), |office| office.name.as_str());
    let skills: Vec<String> =
        account.skills.iter().map(|(id, level)| format!("{} {level}", skill(pack, id))).collect();
    let roles: Vec<&str> = account.roles.iter().map(|role| role.word()).collect();
    vec![
        Cell::new(&account.name)
            .sub(account.id.to_string())
            .link(format!("/admin/people/{}", account.id))
            .badge_if(account.disabled, "badge--bad", "Disabled")
            .badge_if(account.demo, "badge--demo", "Demo"),
        Cell::new(roles.join(", ")),
        Cell::new(office)
            .sub(account.supervisor.as_ref().map(|id| format!("supervisor: {id}")).unwrap_or_default()),
        Cell::new(if skills.is_empty() { "none".to_owned() } else { skills.join(", ") }),
        Cell::new(account.sms_capacity.to_string()),
    ]
}

fn skill(pack: &Pack, id: &str) -> String {
    pack.queues
        .skills
        .iter()
        .find(|skill| skill.id == id)
        .map_or_else(|| id.to_owned(), |skill| skill.title.clone())
}

fn roles() -> Vec<(String, String)> {
    Role::ALL.iter().map(|role| (role.word().to_owned(), role.word().to_owned())).collect()
}

fn offices(pack: &Pack) -> Vec<(String, String)> {
    pack.agency.offices.iter().map(|office| (office.id.clone(), office.name.clone())).collect()
}

/// Parts with commas between, each once.
fn programmes(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        if !out.iter().any(|known| known.eq_ignore_ascii_case(one)) {
            out.push(one.to_owned());
        }
    }
    out
}

/// Memos for one programme reach those who work on it, so the words must be those that memos use.
fn programmes_hint(app: &App) -> String {
    let library = app.engine.library();
    let known: std::collections::BTreeSet<String> = library
        .pages()
        .flat_map(|page| &page.editions)
        .flat_map(|edition| edition.programmes.iter().cloned())
        .collect();
    let such = known.into_iter().collect::<Vec<_>>().join(", ");
    let such = if such.is_empty() { String::new() } else { format!(", such as {such}") };
    format!("With commas between{such}. Empty: all of them.")
}

async fn supervisors(app: &App) -> Result<Vec<(String, String)>, Error> {
    let mut out = vec![(String::new(), "Nobody".to_owned())];
    for (_, account) in app.engine.accounts().await? {
        if account.roles.contains(&Role::Supervisor) && !account.disabled {
            out.push((account.id.to_string(), account.name));
        }
    }
    Ok(out)
}

fn levels() -> Vec<(String, String)> {
    let words = ["0 (withdrawn)", "1 (learning)", "2", "3", "4", "5 (expert)"];
    words.iter().enumerate().map(|(level, word)| (level.to_string(), (*word).to_owned())).collect()
}

/// The fields. Without the right to change everything, all but skills and capacity are shown only.
async fn fields(app: &App, me: &SignedIn, account: &Account) -> Result<Vec<Field>, Error> {
    let pack = app.engine.pack();
    let words: Vec<&str> = account.roles.iter().map(|role| role.word()).collect();
    let supervisor = account.supervisor.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut out = vec![
        Field::new("name", "Name on screens", Input::Text, &account.name).required(),
        Field::new("first_name", "First name given to customers", Input::Text, &account.first_name)
            .clause("SMS-KEY-1")
            .required(),
        Field::new("roles", "Roles", Input::Checks(roles()), words.join(" ")),
        Field::new("office", "Office", Input::Select(offices(&pack)), &account.office).clause("SMS-SUPV-1"),
        Field::new("programmes", "Programmes they work on", Input::Text, account.programmes.join(", "))
            .hint(programmes_hint(app))
            .clause("IM33-ACK-1"),
        Field::new("supervisor", "Immediate supervisor", Input::Select(supervisors(app).await?), supervisor)
            .hint("Alerted first when one of their customers asks for a supervisor.")
            .clause("SMS-SUPV-1"),
        Field::new(
            "disabled",
            "Disabled: cannot sign in",
            Input::Check,
            if account.disabled { "yes" } else { "" },
        ),
    ];
    if !me.may(Permission::Settings) {
        out = out.into_iter().map(Field::fixed).collect();
    }
    for known in &pack.queues.skills {
        let level = account.skills.get(&known.id).copied().unwrap_or_default();
        let field = Field::new(
            format!("skill:{}", known.id),
            format!("Skill: {}", known.title),
            Input::Select(levels()),
            level,
        );
        out.push(if known.id == SMS {
            field
                .clause("SMS-GEN-3")
                .hint("Withdrawing it needs a reason; the next text is not offered to them any more.")
        } else {
            field
        });
    }
    let capacity = Field::new("sms_capacity", "Texts at once", Input::Number, account.sms_capacity)
        .clause("SMS-DELAY-7");
    out.push(capacity.hint("From 0 to 25."));
    Ok(out)
}

/// The account that the form describes, on top of the one there is.
fn read(me: &SignedIn, given: &Given, before: &Account, pack: &Pack, errors: &mut Vec<String>) -> Account {
    let mut account = before.clone();
    if me.may(Permission::Settings) {
        account.name = given.filled("name", "Name on screens", 80, errors);
        account.first_name = given.filled("first_name", "First name given to customers", 40, errors);
        account.roles = given.chosen("roles", &before.roles, Role::from_word);
        account.office = given.choice("office", "Office", &offices(pack), errors);
        account.programmes = programmes(&given.text("programmes"));
        account.supervisor = Some(given.text("supervisor")).filter(|id| !id.is_empty()).map(StaffId);
        account.disabled = given.checked("disabled");
    }
    for known in &pack.queues.skills {
        let label = format!("Skill: {}", known.title);
        match given.number::<u8>(&format!("skill:{}", known.id), &label, 0..=5, errors) {
            0 => account.skills.remove(&known.id),
            level => account.skills.insert(known.id.clone(), level),
        };
    }
    account.sms_capacity = given.number("sms_capacity", "Texts at once", 0..=25, errors);
    account
}

/// What may not be, whoever asks.
pub(crate) async fn guard(
    app: &App,
    me: &SignedIn,
    before: Option<&Account>,
    after: &Account,
    errors: &mut Vec<String>,
) -> Result<(), Error> {
    let admin = |account: &Account| account.roles.contains(&Role::Admin);
    let mine = me.account.roles.contains(&Role::Admin);
    if after.roles.is_empty() {
        errors.push("Roles: choose at least one.".to_owned());
    }
    let was = before.is_some_and(admin);
    if !mine
        && (was != admin(after) || (was && before.is_some_and(|before| before.disabled != after.disabled)))
    {
        errors.push("Roles: only an administrator makes, unmakes or disables an administrator.".to_owned());
    }
    if after.id == me.account.id && after.disabled {
        errors.push("Disabled: you cannot disable yourself.".to_owned());
    }
    if after.disabled && before.is_some_and(|before| !before.disabled) {
        let held =
            app.engine.cards().await?.iter().filter(|card| card.owner.as_ref() == Some(&after.id)).count();
        if held > 0 {
            errors.push(format!(
                "Disabled: they hold {held} open contact(s). Hand these over from the floor first, or nobody would answer them."
            ));
        }
    }
    if after.supervisor.as_ref() == Some(&after.id) {
        errors.push("Immediate supervisor: nobody is their own supervisor.".to_owned());
    }
    if was && (after.disabled || !admin(after)) {
        let others = app.engine.accounts().await?;
        if !others.iter().any(|(_, other)| other.id != after.id && admin(other) && !other.disabled) {
            errors.push("Roles: this is the last administrator; make another one first.".to_owned());
        }
    }
    Ok(())
}

/// Whether the change takes the SMS skill away, which needs a reason (SMS-GEN-3).
fn withdraws(before: &Account, after: &Account) -> bool {
    before.skills.contains_key(SMS) && !after.skills.contains_key(SMS)
}

#[derive(Template)]
#[template(path = "admin/password.html")]
struct Password<'a> {
    id: &'a str,
    csrf: &'a str,
    shortest: usize,
}

async fn form(
    app: &App,
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    version: u64,
    account: &Account,
) -> Result<Edit, Error> {
    let id = account.id.to_string();
    let frame = Frame::new(me, "/admin/people", query);
    let mut edit = Edit::new(frame, account.name.clone(), BACK, format!("/admin/people/{id}"));
    edit.version = version;
    edit.fields = fields(app, me, account).await?;
    edit.may = me.may(Permission::People);
    edit.history = Some(format!("/admin/people/{id}/history"));
    if me.may(Permission::Settings) {
        edit.after = Password { id: &id, csrf: &me.csrf, shortest: passwords::SHORTEST }.render()?;
    }
    Ok(edit)
}

/// `GET /admin/people/{id}`.
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let (version, account): (u64, Account) = record::read(&app, ACCOUNT, &id).await?;
    form(&app, &me, &query, version, &account).await?.show(&app, &me)
}

/// `POST /admin/people/{id}`.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (version, before): (u64, Account) = record::read(&app, ACCOUNT, &id).await?;
    let mut errors = Vec::new();
    let after = read(&me, &given, &before, &app.engine.pack(), &mut errors);
    guard(&app, &me, Some(&before), &after, &mut errors).await?;
    if withdraws(&before, &after) && given.reason().is_empty() {
        errors.push("Reason: say why the skill for texts is withdrawn (SMS-GEN-3).".to_owned());
    }
    let mut conflict = None;
    if errors.is_empty() {
        conflict = record::save(&app, &me, ACCOUNT, &id, given.version(), &after, given.reason()).await?;
        if conflict.is_none() {
            return Ok(go(&format!("/admin/people/{id}?said=saved")));
        }
    }
    let mut edit = form(&app, &me, &BTreeMap::new(), version, &before).await?;
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

fn nobody(pack: &Pack) -> Account {
    Account {
        id: StaffId::from(""),
        name: String::new(),
        first_name: String::new(),
        roles: vec![Role::Technician],
        office: pack.agency.offices.first().map(|office| office.id.clone()).unwrap_or_default(),
        programmes: Vec::new(),
        supervisor: None,
        skills: BTreeMap::new(),
        sms_capacity: pack.queues.capacity.sms,
        password_hash: String::new(),
        disabled: false,
        demo: false,
        failed_sign_ins: 0,
        locked_until: 0,
    }
}

async fn blank(app: &App, me: &SignedIn) -> Result<Edit, Error> {
    let frame = Frame::new(me, "/admin/people", &BTreeMap::new());
    let mut edit = Edit::new(frame, "Add a person".to_owned(), BACK, "/admin/people/new".to_owned());
    edit.fields = vec![
        Field::new("id", "Name to sign in with", Input::Text, "")
            .hint("Small letters, digits, “-”, “_” and “.”; it never changes.")
            .required(),
        Field::new("password", "First password", Input::Password, "")
            .hint(format!(
                "At least {} characters. Tell it to them in person; they change it under My account.",
                passwords::SHORTEST
            ))
            .required(),
    ];
    edit.fields.extend(fields(app, me, &nobody(&app.engine.pack())).await?);
    Ok(edit)
}

/// `GET /admin/people/new`.
pub(crate) async fn new(State(app): State<App>, me: SignedIn) -> Result<Response, Error> {
    blank(&app, &me).await?.show(&app, &me)
}

/// `POST /admin/people/new`.
pub(crate) async fn create(
    State(app): State<App>,
    me: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let mut errors = Vec::new();
    let pack = app.engine.pack();
    let mut account = read(&me, &given, &nobody(&pack), &pack, &mut errors);
    account.id = StaffId(given.text("id"));
    check_id(&account.id.0, &mut errors);
    guard(&app, &me, None, &account, &mut errors).await?;
    let secret = given
        .0
        .iter()
        .find(|(name, _)| name == "password")
        .map(|(_, value)| value.clone())
        .unwrap_or_default();
    if let Err(Error::Invalid(sentence)) = passwords::check(&secret, &account.id) {
        errors.push(format!("First password: {sentence}"));
    }
    if record::is_there(&app, ACCOUNT, &account.id.0).await? {
        errors.push("Name to sign in with: somebody has it already.".to_owned());
    }
    if errors.is_empty() {
        account.password_hash = passwords::hash(secret).await?;
        let id = account.id.to_string();
        return match record::save(&app, &me, ACCOUNT, &id, 0, &account, given.reason()).await? {
            None => Ok(go(&format!("/admin/people/{id}?said=created"))),
            Some(_) => Err(Error::Changed),
        };
    }
    let mut edit = blank(&app, &me).await?;
    given.back_into(&mut edit.fields);
    edit.errors = errors;
    edit.show(&app, &me)
}

/// `POST /admin/people/{id}/password`.
pub(crate) async fn password(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (version, mut account): (u64, Account) = record::read(&app, ACCOUNT, &id).await?;
    if account.roles.contains(&Role::Admin) && !me.account.roles.contains(&Role::Admin) {
        return Err(Error::Forbidden);
    }
    let secret = given
        .0
        .iter()
        .find(|(name, _)| name == "password")
        .map(|(_, value)| value.clone())
        .unwrap_or_default();
    passwords::check(&secret, &account.id)?;
    account.password_hash = passwords::hash(secret).await?;
    (account.failed_sign_ins, account.locked_until) = (0, 0);
    if record::save(&app, &me, ACCOUNT, &id, version, &account, "password reset".to_owned()).await?.is_some()
    {
        return Err(Error::Changed);
    }
    session::end_all(&app, &account.id).await?;
    Ok(go(&format!("/admin/people/{id}?said=password")))
}

#[cfg(test)]
mod tests {
    use super::super::super::floor::figures::tests::pack;
    use super::*;

    fn signed_in(roles: Vec<Role>) -> SignedIn {
        let account = Account { id: StaffId::from("sofia"), roles, ..nobody(&pack()) };
        SignedIn { account, session: String::new(), csrf: String::new() }
    }

    fn given(pairs: &[(&str, &str)]) -> Given {
        Given(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn sms_gen_3_a_supervisor_withdraws_the_skill_and_nothing_else() {
        let pack = pack();
        let mut before = nobody(&pack);
        before.skills.insert(SMS.to_owned(), 4);
        let form = given(&[
            ("skill:sms", "0"),
            ("skill:spanish", "0"),
            ("sms_capacity", "2"),
            ("roles", "admin"),
            ("name", "X"),
        ]);
        let mut errors = Vec::new();
        let after = read(&signed_in(vec![Role::Supervisor]), &form, &before, &pack, &mut errors);
        assert!(errors.is_empty() && withdraws(&before, &after));
        assert_eq!((after.roles.clone(), after.name.clone()), (before.roles.clone(), before.name.clone()));
        let lowered = given(&[("skill:sms", "1"), ("skill:spanish", "0"), ("sms_capacity", "2")]);
        assert!(!withdraws(
            &before,
            &read(&signed_in(vec![Role::Supervisor]), &lowered, &before, &pack, &mut errors)
        ));
    }
}
