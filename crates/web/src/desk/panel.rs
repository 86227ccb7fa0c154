//! Right column: the procedure as the domain reads it off the card, the child-abuse steps, and facts of the customer.

use domain::command::Script;
use domain::interaction::SafetyKind;
use domain::sop::{Panel, PanelAct, PanelItem};
use domain::view::Card;

use super::look::Look;
use super::{safety, words};
use crate::shown;

/// Everything on the right.
pub(crate) struct Side {
    pub(crate) id: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) safety: Option<SafetyBox>,
    pub(crate) customer: String,
    /// For a `tel:` link.
    pub(crate) tel: String,
    pub(crate) opted_out: bool,
    pub(crate) language: String,
    pub(crate) earlier: usize,
    pub(crate) opened: String,
    pub(crate) texts_in: u32,
    pub(crate) texts_out: u32,
    pub(crate) check_ins: u32,
    pub(crate) check_ins_missed: u32,
    pub(crate) referral_reason: Option<String>,
    pub(crate) supervisor_procedure: String,
    pub(crate) hotline_name: String,
    pub(crate) hotline_number: String,
    pub(crate) report_address: String,
    /// Now, for the field that asks when the report was filed.
    pub(crate) now_field: String,
}

/// Lines under one heading.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) class: &'static str,
    pub(crate) items: Vec<Item>,
}

/// One line.
pub(crate) struct Item {
    pub(crate) title: String,
    pub(crate) sentence: String,
    pub(crate) clause: String,
    pub(crate) countdown: Option<String>,
    pub(crate) act: Option<Act>,
}

/// A button: a form that is posted, a response that is put into the box, or a dialog that opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) label: String,
    pub(crate) is_post: bool,
    pub(crate) is_insert: bool,
    pub(crate) address: String,
    /// JSON of the form, or the response's id.
    pub(crate) values: String,
    /// The wording of the response.
    pub(crate) text: String,
}

/// The child-abuse steps.
pub(crate) struct SafetyBox {
    pub(crate) title: &'static str,
    pub(crate) completed: bool,
    pub(crate) steps: Vec<safety::StepLine>,
}

/// The side of a card.
pub(crate) fn side(look: &Look, card: &Card, panel: &Panel, earlier: usize) -> Side {
    let sop = look.sop();
    let office = look.pack.agency.office(&look.account.office);
    Side {
        id: card.id.to_string(),
        groups: groups(look, card, panel),
        safety: card.safety.as_ref().map(|contact| SafetyBox {
            title: safety::kind_words(contact.kind),
            completed: contact.completed_at.is_some(),
            steps: safety::steps(contact, &look.zone),
        }),
        customer: shown::phone(&card.customer),
        tel: card.customer.to_string(),
        opted_out: card.opted_out,
        language: words::language(&card.language),
        earlier,
        opened: shown::date_time(card.opened_at, &look.zone),
        texts_in: card.inbound,
        texts_out: card.staff_texts,
        check_ins: card.check_ins,
        check_ins_missed: card.check_ins_missed,
        referral_reason: card.referral_reason.clone(),
        supervisor_procedure: office
            .map(|office| office.supervisor.procedure.trim().to_owned())
            .unwrap_or_default(),
        hotline_name: sop.map(|sop| sop.hotline.name.clone()).unwrap_or_default(),
        hotline_number: sop.map(|sop| sop.hotline.number.clone()).unwrap_or_default(),
        report_address: sop.map(|sop| sop.report_address.value.clone()).unwrap_or_default(),
        now_field: words::local_field(look.now, &look.zone),
    }
}

fn groups(look: &Look, card: &Card, panel: &Panel) -> Vec<Group> {
    let group = |title, class, items: &[PanelItem], due: bool| Group {
        title,
        class,
        items: items
            .iter()
            .enumerate()
            .map(|(place, item)| line(look, card, item, due.then_some(place)))
            .collect(),
    };
    [
        group("Due", "due", &panel.due, true),
        group("Applies now", "now", &panel.now, false),
        group("Blocked", "blocked", &panel.blocked, false),
    ]
    .into_iter()
    .filter(|group| !group.items.is_empty())
    .collect()
}

/// `duty` is the place of the duty whose clock the line shows.
fn line(look: &Look, card: &Card, item: &PanelItem, duty: Option<usize>) -> Item {
    let clock = duty.and_then(|place| card.duties.get(place));
    Item {
        title: item.title.clone(),
        sentence: item.sentence.clone(),
        clause: item.clause.clone(),
        countdown: clock.map(|duty| super::fragments::countdown(duty, look.now)),
        act: item.act.as_ref().and_then(|wanted| act(look, card, wanted)),
    }
}

fn act(look: &Look, card: &Card, wanted: &PanelAct) -> Option<Act> {
    let id = card.id;
    let post = |label: &str, route: &str, values: String| Act {
        label: label.to_owned(),
        is_post: true,
        is_insert: false,
        address: format!("/desk/{id}/{route}"),
        values,
        text: String::new(),
    };
    let dialog = |label: &str, name: &str| Act {
        label: label.to_owned(),
        is_post: false,
        is_insert: false,
        address: format!("/desk/{id}/dialog/{name}"),
        values: String::new(),
        text: String::new(),
    };
    Some(match wanted {
        PanelAct::Send { script } => {
            post(script_label(*script), "script", format!(r#"{{"script":"{}"}}"#, script_word(*script)))
        }
        PanelAct::Insert { response } => {
            let response = look.response_in(response, &card.language)?;
            Act {
                label: response.title.clone(),
                is_post: false,
                is_insert: true,
                address: String::new(),
                values: response.id.clone(),
                text: look.wording(response, &card.language)?,
            }
        }
        PanelAct::RequestSupervisor => post("Alert the supervisors", "supervisor", "{}".to_owned()),
        PanelAct::Transfer => dialog("Transfer to a supervisor", "transfer-supervisor"),
        PanelAct::OpenSafety { kind } => {
            let (label, word) = match kind {
                SafetyKind::Victim => ("Open the steps: victim", "victim"),
                SafetyKind::Reporting => ("Open the steps: reporting", "reporting"),
            };
            post(label, "safety", format!(r#"{{"kind":"{word}"}}"#))
        }
        PanelAct::Ways => dialog("Where to send", "ways"),
        PanelAct::End => dialog("End", "end"),
    })
}

/// Words on the button of a script.
const fn script_label(script: Script) -> &'static str {
    match script {
        Script::Greeting => "Send the Greeting",
        Script::Goodbye => "Send Goodbye",
        Script::DelayNotice => "Send the delay notice",
        Script::DelayWrapUpAndGoodbye => "Send the wrap-up text and Goodbye",
        Script::CheckIn => "Send a check-in",
        Script::SafetyCheck => "Send the safety question",
        Script::Hotline => "Send the hotline",
        Script::CallNotice => "Send the notice that you will call",
    }
}

/// Value of the form's field.
pub(crate) const fn script_word(script: Script) -> &'static str {
    match script {
        Script::Greeting => "greeting",
        Script::Goodbye => "goodbye",
        Script::DelayNotice => "delay_notice",
        Script::DelayWrapUpAndGoodbye => "delay_wrap_up_and_goodbye",
        Script::CheckIn => "check_in",
        Script::SafetyCheck => "safety_check",
        Script::Hotline => "hotline",
        Script::CallNotice => "call_notice",
    }
}

/// Reads the form's field.
pub(crate) fn script(word: &str) -> Option<Script> {
    let all = [
        Script::Greeting,
        Script::Goodbye,
        Script::DelayNotice,
        Script::DelayWrapUpAndGoodbye,
        Script::CheckIn,
        Script::SafetyCheck,
        Script::Hotline,
        Script::CallNotice,
    ];
    all.into_iter().find(|script| script_word(*script) == word)
}
