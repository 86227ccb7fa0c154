//! The form of a draft: its fields as data, and reading what was given over the draft that stood before.

use std::collections::BTreeSet;

use domain::knowledge::{
    Attachment, Audience, Draft, Fault, Kind, Library, Memo, Required, SettingChange, Viewer, is_slug,
    is_usual,
};
use domain::permission::Role;
use jiff::civil::Date;

use crate::App;
use crate::admin::form::{Field, Given, Input};

/// The fields in the groups of the form.
pub(super) struct Fields {
    pub(super) basics: Vec<Field>,
    pub(super) place: Vec<Field>,
    pub(super) dates: Vec<Field>,
    pub(super) memo: Vec<Field>,
    pub(super) readers: Vec<Field>,
}

impl Fields {
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut Field> {
        let Self { basics, place, dates, memo, readers } = self;
        basics.iter_mut().chain(place).chain(dates).chain(memo).chain(readers)
    }

    /// Puts what was given into the fields again.
    pub(super) fn give_back(&mut self, given: &Given) {
        for list in [&mut self.basics, &mut self.place, &mut self.dates, &mut self.memo, &mut self.readers] {
            given.back_into(list);
        }
    }

    /// Writes each fault below its field, and answers with those that have none.
    pub(super) fn mark(&mut self, faults: &[Fault]) -> Vec<Fault> {
        let mut rest = Vec::new();
        for fault in faults {
            match self.all().find(|field| field.name == fault.field) {
                Some(field) => field.error = fault.says.clone(),
                None => rest.push(fault.clone()),
            }
        }
        rest
    }
}

/// Every programme that a page or a person names.
pub(super) fn programmes(library: &Library) -> Vec<String> {
    let all: BTreeSet<String> = library
        .pages()
        .flat_map(|page| &page.editions)
        .flat_map(|edition| edition.programmes.iter().cloned())
        .collect();
    all.into_iter().collect()
}

pub(super) fn kinds() -> Vec<(String, String)> {
    Kind::ALL.iter().map(|kind| (kind.word().to_owned(), kind.title().to_owned())).collect()
}

/// Every page by the way to it, below "nothing"; the page itself is left out.
pub(super) fn places(library: &Library, slug: &str, day: Date) -> Vec<(String, String)> {
    let viewer = Viewer { audience: Audience::Supervisors, day };
    let mut out: Vec<(String, String)> = library
        .pages()
        .filter(|page| page.slug != slug)
        .filter_map(|page| {
            // Many entries of the menu share a title; the way to them tells them apart.
            let above =
                library.breadcrumb(&page.slug, viewer).into_iter().map(|(_, edition)| edition.title.as_str());
            let own = page.editions.last()?.title.as_str();
            Some((page.slug.clone(), above.chain([own]).collect::<Vec<_>>().join(" › ")))
        })
        .collect();
    out.sort_by(|a, b| a.1.cmp(&b.1));
    out.insert(0, (String::new(), "At the top of the menu, beside Home".to_owned()));
    out
}

fn yes(holds: bool) -> &'static str {
    if holds { "yes" } else { "" }
}

fn date(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn known(list: &[String]) -> String {
    if list.is_empty() {
        "With commas between.".to_owned()
    } else {
        format!("With commas between, such as {}.", list.join(", "))
    }
}

/// The fields of a draft, filled.
pub(super) fn fields(app: &App, draft: &Draft) -> Fields {
    let library = app.engine.library();
    let published = library.page(&draft.slug).is_some();
    let programmes = known(&programmes(&library));
    let kind = Field::new("kind", "Kind of page", Input::Select(kinds()), draft.kind.word());
    let title = if draft.kind == Kind::Memo { "Subject" } else { "Title" };
    let mut basics = vec![
        Field::new("title", title, Input::Text, &draft.title).required(),
        Field::new(
            "summary",
            "Summary for lists, one or two sentences",
            Input::Area(2, false),
            &draft.summary,
        ),
    ];
    basics.extend(own_number(draft));
    let mut place = vec![
        if published { kind.fixed() } else { kind },
        Field::new(
            "parent",
            "Below",
            Input::Select(places(&library, &draft.slug, app.engine.today())),
            draft.parent.as_deref().unwrap_or_default(),
        ),
        Field::new("position", "Order among its neighbours", Input::Number, draft.position.max(0)),
        Field::new("audience", "Who may read it", Input::Select(audiences()), draft.audience.word()),
        Field::new("programmes", "Programmes it is about", Input::Text, draft.programmes.join(", "))
            .hint(programmes.clone()),
        Field::new("language", "Language", Input::Select(languages()), &draft.language),
        Field::new(
            "translation_of",
            "The other language of the page",
            Input::Text,
            draft.translation_of.as_deref().unwrap_or_default(),
        )
        .hint("The page's name in its address; empty for a page of its own."),
        Field::new("related", "Pages worth reading next", Input::Text, draft.related.join(", "))
            .hint("Names in their addresses, with commas between."),
        Field::new(
            "review_months",
            "Months until somebody looks at it again",
            Input::Number,
            draft.review_months,
        )
        .hint("0: never."),
    ];
    if draft.kind == Kind::Link {
        let target = draft.target.as_deref().unwrap_or_default();
        place.push(
            Field::new("target", "Where the link leads", Input::Text, target)
                .hint("Begins with https:// or http://."),
        );
    }
    let dates = vec![
        Field::new("from", "First day in force", Input::Date, date(draft.from))
            .hint("Empty: the day of the approval."),
        Field::new("until", "Last day in force", Input::Date, date(draft.until))
            .hint("Empty: until further notice."),
        Field::new("note", "Why it changes", Input::Text, &draft.note)
            .hint("Readers see it among the versions."),
    ];
    let (memo, readers) = match (&draft.memo, draft.kind) {
        (Some(memo), Kind::Memo) => {
            (memo_fields(memo), reader_fields(app, memo.required.as_ref(), &programmes))
        }
        _ => (Vec::new(), Vec::new()),
    };
    Fields { basics, place, dates, memo, readers }
}

/// The number of a hot tip or a form.
fn own_number(draft: &Draft) -> Option<Field> {
    let label = format!("Number of the {}", draft.kind.title().to_lowercase());
    let number = draft.own_number.as_deref().unwrap_or_default();
    let field = Field::new("own_number", label, Input::Text, number).hint(
        "Such as IM-7A. Empty: it has none. A memo's number is something else, even where they look alike.",
    );
    draft.kind.has_own_number().then_some(field)
}

fn audiences() -> Vec<(String, String)> {
    vec![
        ("public".to_owned(), "Everybody, in the help centre".to_owned()),
        ("staff".to_owned(), "Staff".to_owned()),
        ("supervisors".to_owned(), "Supervisors and above".to_owned()),
    ]
}

fn languages() -> Vec<(String, String)> {
    vec![("en".to_owned(), "English".to_owned()), ("es".to_owned(), "Spanish".to_owned())]
}

fn memo_fields(memo: &Memo) -> Vec<Field> {
    let list = |values: &[String]| values.join(", ");
    vec![
        Field::new("number", "Number of the memo", Input::Text, &memo.number)
            .hint("Such as IM-33. It is not a form's number, even where they look alike.")
            .clause("IM33-MEMO-1")
            .required(),
        Field::new("issuing_role", "Role that issues it", Input::Text, &memo.issuing_role)
            .hint("A role, such as division director; never a person's name."),
        Field::new("memo_kind", "Kind of memo", Input::Text, &memo.kind)
            .hint("Such as policy, hours, form, manual revision, overtime project."),
        Field::new("issued", "Day it was issued", Input::Date, date(memo.issued))
            .hint("Empty: it prints none."),
        Field::new("actions", "Necessary action, one a line", Input::Area(3, false), memo.actions.join("\n")),
        Field::new("revises", "Manual sections it revises", Input::Text, list(&memo.revises))
            .hint("Such as 0110.025.10, with commas between.")
            .clause("IM172-MEMO-2"),
        Field::new("forms_introduced", "Forms it introduces", Input::Text, list(&memo.forms_introduced))
            .clause("IM179-MEMO-1"),
        Field::new("forms_revised", "Forms it revises", Input::Text, list(&memo.forms_revised))
            .clause("IM10-MEMO-1"),
        Field::new("supersedes", "Memos it replaces", Input::Text, list(&memo.supersedes))
            .hint("Numbers or names in their addresses."),
        Field::new("related_memos", "Memos to read with it", Input::Text, list(&memo.related))
            .hint("Numbers or names in their addresses.")
            .clause("IM32-MEMO-1"),
    ]
}

fn reader_fields(app: &App, required: Option<&Required>, programmes: &str) -> Vec<Field> {
    let pack = app.engine.pack();
    let roles: Vec<(String, String)> =
        Role::ALL.iter().map(|role| (role.word().to_owned(), role.word().to_owned())).collect();
    let offices: Vec<(String, String)> =
        pack.agency.offices.iter().map(|office| (office.id.clone(), office.name.clone())).collect();
    let (asked, required) = (
        required.is_some(),
        required.cloned().unwrap_or(Required { due_days: 5, grace_hours: 24, ..Required::default() }),
    );
    let words: Vec<&str> = required.roles.iter().map(|role| role.word()).collect();
    vec![
        Field::new("required", "It has to be read and acknowledged", Input::Check, yes(asked))
            .clause("IM33-ACK-1"),
        Field::new("required_roles", "Roles (none: all)", Input::Checks(roles), words.join(" ")),
        Field::new(
            "required_offices",
            "Offices (none: all)",
            Input::Checks(offices),
            required.offices.join(" "),
        ),
        Field::new(
            "required_programmes",
            "Programmes (empty: all)",
            Input::Text,
            required.programmes.join(", "),
        )
        .hint(programmes),
        Field::new("due_days", "Days to read it in", Input::Number, required.due_days)
            .hint("From the day it takes force."),
        Field::new("gate", "Going on queue waits for it", Input::Check, yes(required.gate)),
        Field::new("grace_hours", "Hours before the queue waits", Input::Number, required.grace_hours)
            .hint("So that the floor never empties at once; who is on queue stays."),
    ]
}

/// Parts of a list in one field, each once.
pub(super) fn list(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        if !out.iter().any(|known| known == part) {
            out.push(part.to_owned());
        }
    }
    out
}

/// The text as it was typed, with the line ends of Unix; nothing is cut from its sides.
pub(super) fn raw(given: &Given, name: &str) -> Option<String> {
    given.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.replace("\r\n", "\n"))
}

/// The text with links to this site's own addresses, as they stand in the address bar, in the form of the markup:
/// `/kb/sms-text-sop#SMS-END-1` and the same behind this site's own host become `kb:sms-text-sop#SMS-END-1`.
pub(super) fn own_links(body: &str, host: &str) -> String {
    let host = host.trim_end_matches('/');
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("](") {
        out.push_str(before);
        out.push_str("](");
        let end = after.find([')', ' ', '\n']).unwrap_or(after.len());
        let (address, behind) = after.split_at(end);
        match own_page(address, host) {
            Some(page) => out.push_str(&page),
            None => out.push_str(address),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn own_page(address: &str, host: &str) -> Option<String> {
    let path = match address.strip_prefix(host) {
        Some(path) if !host.is_empty() => path,
        _ => address,
    };
    let page = path.strip_prefix("/kb/").or_else(|| path.strip_prefix("/help/"))?;
    let (page, anchor) = page.split_once('#').map_or((page, None), |(page, anchor)| (page, Some(anchor)));
    let (slug, query) = page.split_once('?').unwrap_or((page, ""));
    // A link to one edition, or to a search, is no link to the page.
    if !is_slug(slug) || query.contains("edition=") || query.contains("q=") {
        return None;
    }
    Some(match anchor.filter(|anchor| !anchor.is_empty() && *anchor != "kb-said") {
        Some(anchor) => format!("kb:{slug}#{anchor}"),
        None => format!("kb:{slug}"),
    })
}

struct Reading<'a> {
    given: &'a Given,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn fault(&mut self, field: &'static str, says: &str) {
        self.faults.push(Fault { field, says: says.to_owned(), clause: None });
    }

    fn day(&mut self, field: &'static str) -> Option<Date> {
        let text = self.given.text(field);
        if text.is_empty() {
            return None;
        }
        // A day with a clock behind it would be read as that day.
        let found = Some(&text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        if found.is_none_or(|day| !is_usual(day)) {
            self.fault(field, "This is no day between the years 1900 and 2999. Write it as 2021-04-05.");
            return None;
        }
        found
    }

    fn number<T: std::str::FromStr>(&mut self, field: &'static str, before: T) -> T {
        let text = self.given.text(field);
        if text.is_empty() {
            return before;
        }
        match text.parse() {
            Ok(number) if !text.starts_with('-') => number,
            _ => {
                self.fault(field, "Give a whole number, 0 or more.");
                before
            }
        }
    }
}

/// The draft that the form describes, over the one that stood before. What is not in the form stays.
pub(super) fn read(given: &Given, before: &Draft, library: &Library) -> (Draft, Vec<Fault>) {
    let mut reading = Reading { given, faults: Vec::new() };
    let mut draft = before.clone();
    let one = |name: &str| Some(given.text(name)).filter(|text| !text.is_empty());
    if let Some(kind) = one("kind").and_then(|word| Kind::from_word(&word)) {
        draft.kind = kind;
    }
    draft.title = given.text("title");
    draft.summary = given.text("summary");
    draft.parent = one("parent");
    draft.position = reading.number("position", draft.position);
    if let Some(word) = one("audience") {
        match Audience::from_word(&word) {
            Some(audience) => draft.audience = audience,
            // Who may read a page is never guessed.
            None => reading.fault("audience", "Choose who may read it."),
        }
    }
    draft.programmes = list(&given.text("programmes"));
    draft.language = one("language").unwrap_or(draft.language);
    draft.translation_of = one("translation_of");
    draft.related = list(&given.text("related"));
    draft.review_months = reading.number("review_months", draft.review_months);
    draft.target = if draft.kind == Kind::Link { one("target") } else { draft.target };
    draft.from = reading.day("from");
    draft.until = reading.day("until");
    draft.note = given.text("note");
    draft.body = raw(given, "body").unwrap_or_else(|| draft.body.clone());
    draft.base = given.text("base").parse().unwrap_or(draft.base);
    draft.attachments = attachments(given);
    if given.0.iter().any(|(name, _)| name == "own_number") {
        draft.own_number = one("own_number");
    }
    draft.own_number = draft.own_number.filter(|_| draft.kind.has_own_number());
    draft.memo = (draft.kind == Kind::Memo).then(|| read_memo(&mut reading, before.memo.as_ref(), library));
    (draft, reading.faults)
}

fn attachments(given: &Given) -> Vec<Attachment> {
    let gone = given.all("drop");
    let mut out: Vec<Attachment> = Vec::new();
    for text in given.all("attachment") {
        let Ok(file) = serde_json::from_str::<Attachment>(&text) else { continue };
        if !gone.contains(&file.hash) && !out.iter().any(|known| known.hash == file.hash) {
            out.push(file);
        }
    }
    out
}

/// A memo by its number or by its name in addresses; what is neither stays as it was written.
fn memo_slug(word: &str, library: &Library) -> String {
    if library.page(word).is_some() {
        return word.to_owned();
    }
    let numbered = library.pages().find(|page| {
        page.editions
            .last()
            .and_then(|edition| edition.memo.as_ref())
            .is_some_and(|memo| memo.number.eq_ignore_ascii_case(word))
    });
    numbered.map_or_else(|| word.to_owned(), |page| page.slug.clone())
}

fn read_memo(reading: &mut Reading<'_>, before: Option<&Memo>, library: &Library) -> Memo {
    let given = reading.given;
    // A form that came without the memo's fields, such as one that just became a memo's, keeps what was there.
    if !given.0.iter().any(|(name, _)| name == "number") {
        return before.cloned().unwrap_or_default();
    }
    let slugs =
        |name: &str| list(&given.text(name)).iter().map(|word| memo_slug(word, library)).collect::<Vec<_>>();
    let actions = given
        .text("actions")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let changes: Vec<SettingChange> =
        given.all("change").iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let required = given.checked("required").then(|| Required {
        roles: given.all("required_roles").iter().filter_map(|word| Role::from_word(word)).collect(),
        offices: given.all("required_offices"),
        programmes: list(&given.text("required_programmes")),
        due_days: reading.number("due_days", 5),
        gate: given.checked("gate"),
        grace_hours: reading.number("grace_hours", 24),
    });
    Memo {
        number: given.text("number"),
        issuing_role: given.text("issuing_role"),
        kind: given.text("memo_kind"),
        actions,
        revises: list(&given.text("revises")),
        forms_introduced: list(&given.text("forms_introduced")),
        forms_revised: list(&given.text("forms_revised")),
        supersedes: slugs("supersedes"),
        related: slugs("related_memos"),
        issued: reading.day("issued"),
        required,
        changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        Given(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn im33_memo_1_a_memo_is_read_into_its_structured_fields() {
        let form = given(&[
            ("kind", "memo"),
            ("title", "Hours change"),
            ("number", "IM-40"),
            ("issuing_role", "division director"),
            ("memo_kind", "hours"),
            ("actions", "Review this.\n\nTell the floor."),
            ("forms_revised", "IM-7A, IM-7A, CS-201"),
            ("required", "yes"),
            ("required_roles", "technician"),
            ("due_days", "3"),
            ("gate", "yes"),
            ("grace_hours", "8"),
            ("body", "Words.\r\nMore.\n"),
        ]);
        let (draft, faults) = read(&form, &Draft::default(), &Library::default());
        assert!(faults.is_empty());
        let memo = draft.memo.unwrap();
        assert_eq!((memo.number.as_str(), memo.kind.as_str()), ("IM-40", "hours"));
        assert_eq!(memo.actions, ["Review this.", "Tell the floor."]);
        assert_eq!(memo.forms_revised, ["IM-7A", "CS-201"]);
        let required = memo.required.unwrap();
        assert_eq!((required.due_days, required.gate, required.grace_hours), (3, true, 8));
        assert_eq!(required.roles, [Role::Technician]);
        assert_eq!(draft.body, "Words.\nMore.\n");
    }

    #[test]
    fn addresses_of_this_site_become_links_to_its_pages_and_others_stay() {
        let host = "https://help.example";
        for (typed, kept) in [
            ("[a](/kb/sms-text-sop#SMS-END-1)", "[a](kb:sms-text-sop#SMS-END-1)"),
            ("[a](https://help.example/kb/im-31)", "[a](kb:im-31)"),
            ("[a](https://help.example/help/help-apply?lang=en#x) b", "[a](kb:help-apply#x) b"),
            ("[a](/kb/im-31?said=vote#kb-said)", "[a](kb:im-31)"),
        ] {
            assert_eq!(own_links(typed, host), kept);
        }
        for same in [
            "[a](https://other.example/kb/im-31)",
            "[a](/kb/im-31?edition=2)",
            "[a](/kb/edit/page/x)",
            "[a](/kb/../x)",
            "[a](/desk)",
            "no link ](",
            "[a](kb:x)",
        ] {
            assert_eq!(own_links(same, host), same);
        }
    }

    #[test]
    fn an_unknown_audience_and_a_negative_place_are_refused_at_their_fields() {
        let form = given(&[("audience", "everyone"), ("position", "-1"), ("title", "T")]);
        let (draft, faults) = read(&form, &Draft::default(), &Library::default());
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
        assert_eq!(
            (draft.position, draft.audience, fields),
            (0, Audience::Staff, vec!["position", "audience"])
        );
    }

    #[test]
    fn odd_days_are_refused_at_their_field() {
        for odd in ["1899-12-31", "3000-01-01", "-009999-01-01", "2026-11-22T10:00"] {
            let (draft, faults) =
                read(&given(&[("from", odd), ("title", "T")]), &Draft::default(), &Library::default());
            assert_eq!((draft.from, faults.len(), faults[0].field), (None, 1, "from"), "{odd}");
        }
    }

    #[test]
    fn what_is_no_day_or_number_is_told_by_its_field_and_the_rest_is_kept() {
        let form = given(&[("from", "soon"), ("review_months", "-1"), ("title", "T"), ("body", "x")]);
        let (draft, faults) =
            read(&form, &Draft { review_months: 6, ..Draft::default() }, &Library::default());
        assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["review_months", "from"]);
        assert_eq!((draft.title.as_str(), draft.review_months), ("T", 6));
    }
}
