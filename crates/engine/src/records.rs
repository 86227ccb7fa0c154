//! Administered records: what people change while the program runs, with a history and an audit line each.
//!
//! The pack gives the first values; whatever a person has changed since stays theirs when a newer pack comes. To add a
//! kind: a constant, a line in [`seeds`], and its place in [`apply`].

use std::collections::BTreeMap;

use domain::appointment::{BookRules, NoticeText, ResourceCenter, Tell, VisitType};
use domain::canned::{CannedResponse, CannedStatus};
use domain::id::StaffId;
use domain::knowledge::{Dated, apply_changes};
use domain::pack::Pack;
use domain::permission::Role;
use domain::time::Millis;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Record, RecordChange};

/// People who sign in: [`Account`].
pub const ACCOUNT: &str = "account";
/// [`domain::pack::Queue`].
pub const QUEUE: &str = "queue";
/// [`domain::pack::Hours`].
pub const HOURS: &str = "hours";
/// [`domain::canned::CannedResponse`].
pub const CANNED: &str = "canned";
/// [`domain::pack::WrapUpCode`].
pub const WRAP_UP_CODE: &str = "wrap_up_code";
/// [`domain::pack::NotReadyReason`].
pub const REASON: &str = "presence_reason";
/// [`domain::pack::SmsSopVersion`].
pub const SOP_SMS: &str = "sop_sms";
/// [`ResourceCenter`]: an office that people visit, with its closures.
pub const OFFICE: &str = "office";
/// [`VisitType`].
pub const VISIT_TYPE: &str = "visit_type";
/// [`BookRules`], one record with the id [`RULES`].
pub const BOOK_RULES: &str = "book_rules";
/// [`Tell`]: a line that staff tell while they book. Its id is [`tell_id`].
pub const TELL: &str = "tell";
/// [`NoticeText`]: the wording of a text about a visit. Its id is the occasion's word.
pub const NOTICE_TEXT: &str = "notice_text";
/// The id of the one record of rules.
pub const RULES: &str = "rules";
/// Kinds that make up the settings in force.
pub const SETTINGS: [&str; 11] =
    [QUEUE, HOURS, CANNED, WRAP_UP_CODE, REASON, SOP_SMS, OFFICE, VISIT_TYPE, BOOK_RULES, TELL, NOTICE_TEXT];
/// Kinds whose change may make a booked visit impossible, or possible again.
pub(crate) const OF_VISITS: [&str; 4] = [HOURS, OFFICE, VISIT_TYPE, BOOK_RULES];
/// Author of the first values.
pub const PACK: &str = "pack";

/// Someone who can sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Name to sign in with.
    pub id: StaffId,
    /// Name on screens.
    pub name: String,
    /// Given to customers (SMS-KEY-1).
    pub first_name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Office.
    pub office: String,
    /// Programmes they work on; empty for all. Memos for one programme reach those who work on it.
    #[serde(default)]
    pub programmes: Vec<String>,
    /// Immediate supervisor.
    pub supervisor: Option<StaffId>,
    /// Skills and levels, 1 to 5.
    pub skills: BTreeMap<String, u8>,
    /// Texts at once.
    pub sms_capacity: u8,
    /// argon2id, in its own string form. Empty: cannot sign in.
    pub password_hash: String,
    /// Cannot sign in any more.
    pub disabled: bool,
    /// Made for a demonstration.
    pub demo: bool,
    /// Failed sign-ins in a row.
    pub failed_sign_ins: u32,
    /// Locked until then.
    pub locked_until: Millis,
}

/// A change of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Kind.
    pub kind: &'static str,
    /// Id.
    pub id: String,
    /// Version the change rests on; 0 for a new one, none to write over.
    pub expected: Option<u64>,
    /// New data; none deletes.
    pub data: Option<serde_json::Value>,
    /// Why, for the audit log; may be empty.
    pub reason: String,
}

/// First values of every settings record, from the pack. With a demo part, its approvals are applied: the demo's content
/// owner has approved them, and their note says so.
#[must_use]
pub fn seeds(pack: &Pack, at: Millis, demo: bool) -> Vec<RecordChange> {
    let mut out = Vec::new();
    for queue in &pack.queues.queues {
        out.extend(seed(QUEUE, &queue.id, queue, at));
    }
    for hours in &pack.queues.hours {
        out.extend(seed(HOURS, &hours.id, hours, at));
    }
    for response in &pack.canned {
        out.extend(seed(CANNED, &response.id, &approved(response, pack, demo), at));
    }
    for code in &pack.wrap_up.codes {
        out.extend(seed(WRAP_UP_CODE, &code.id, code, at));
    }
    for reason in &pack.presence.reasons {
        out.extend(seed(REASON, &reason.id, reason, at));
    }
    for version in &pack.sop_sms {
        out.extend(seed(SOP_SMS, &version.version, version, at));
    }
    let Some(book) = &pack.appointments else { return out };
    for hours in &book.hours {
        out.extend(seed(HOURS, &hours.id, hours, at));
    }
    for office in &book.offices {
        out.extend(seed(OFFICE, &office.id, office, at));
    }
    for visit in &book.visit_types {
        out.extend(seed(VISIT_TYPE, &visit.id, visit, at));
    }
    for tell in &book.tells {
        out.extend(seed(TELL, &tell_id(tell), tell, at));
    }
    for text in &book.texts {
        out.extend(seed(NOTICE_TEXT, &notice_id(text), text, at));
    }
    out.extend(seed(BOOK_RULES, RULES, &book.rules, at));
    out
}

/// The id of a line to tell: its clause and its first day.
#[must_use]
pub fn tell_id(tell: &Tell) -> String {
    format!("{}@{}", tell.clause, tell.in_force_from)
}

fn notice_id(text: &NoticeText) -> String {
    serde_json::to_value(text.kind).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn approved(response: &CannedResponse, pack: &Pack, demo: bool) -> CannedResponse {
    let mut response = response.clone();
    let listed = pack.demo.as_ref().is_some_and(|d| d.approvals.responses.contains(&response.id));
    if demo && listed && response.status == CannedStatus::Draft {
        response.status = CannedStatus::Approved;
        response.note = "approved by the demo's content owner; agency to approve".to_owned();
    }
    response
}

fn seed<T: Serialize>(kind: &str, id: &str, value: &T, at: Millis) -> Option<RecordChange> {
    let data = serde_json::to_string(value).ok()?;
    Some(RecordChange {
        kind: kind.to_owned(),
        id: id.to_owned(),
        expected: Some(0),
        data: Some(data),
        at,
        actor: PACK.to_owned(),
    })
}

/// The settings in force: the pack with every record laid over it, in the pack's order, new ones behind.
///
/// # Errors
/// A sentence naming the record that cannot be read.
pub fn apply(pack: &Pack, records: &BTreeMap<&'static str, Vec<Record>>) -> Result<Pack, String> {
    let mut out = pack.clone();
    overlay(&mut out.queues.queues, records, QUEUE, |v| v.id.clone())?;
    overlay(&mut out.queues.hours, records, HOURS, |v| v.id.clone())?;
    overlay(&mut out.canned, records, CANNED, |v| v.id.clone())?;
    overlay(&mut out.wrap_up.codes, records, WRAP_UP_CODE, |v| v.id.clone())?;
    overlay(&mut out.presence.reasons, records, REASON, |v| v.id.clone())?;
    overlay(&mut out.sop_sms, records, SOP_SMS, |v| v.version.clone())?;
    if let Some(book) = &mut out.appointments {
        overlay(&mut book.offices, records, OFFICE, |v| v.id.clone())?;
        overlay(&mut book.visit_types, records, VISIT_TYPE, |v| v.id.clone())?;
        overlay(&mut book.tells, records, TELL, tell_id)?;
        overlay(&mut book.texts, records, NOTICE_TEXT, notice_id)?;
        if let Some(rules) = records.get(BOOK_RULES).and_then(|found| found.first()) {
            book.rules = serde_json::from_str(&rules.data)
                .map_err(|e| format!("the rules of the appointment book cannot be read: {e}"))?;
        }
        // Offices' hours are kept and changed beside the queues' own.
        book.hours.retain(|hours| !out.queues.hours.iter().any(|known| known.id == hours.id));
    }
    // A later version ends the one before it, so that exactly one is in force on a day.
    out.sop_sms.sort_by_key(|version| version.in_force_from);
    let starts: Vec<_> = out.sop_sms.iter().map(|version| version.in_force_from).collect();
    for (version, next) in out.sop_sms.iter_mut().zip(starts.iter().skip(1)) {
        let last = next.yesterday().unwrap_or(*next);
        version.in_force_until = Some(version.in_force_until.map_or(last, |until| until.min(last)));
    }
    Ok(out)
}

/// Whether settings hold together: whatever one part names, another part has.
///
/// # Errors
/// A sentence naming what would be missing.
pub fn sound(pack: &Pack) -> Result<(), String> {
    for line in &pack.agency.lines {
        if pack.queues.queue(&line.queue).is_none() {
            return Err(format!("the line {} needs the queue {}", line.shown, line.queue));
        }
    }
    for queue in &pack.queues.queues {
        if pack.queues.hours_of(&queue.id).is_none() {
            return Err(format!("the queue {} needs the opening hours {}", queue.title, queue.hours));
        }
        if pack.agency.line(&queue.line).is_none() {
            return Err(format!("the queue {} needs the line {}", queue.title, queue.line));
        }
        if !queue.auto_reply.is_empty() && pack.response(&queue.auto_reply).is_none() {
            return Err(format!("the queue {} needs the response {}", queue.title, queue.auto_reply));
        }
    }
    if pack.sop_sms.is_empty() {
        return Err("one version of the procedure must stay".to_owned());
    }
    for version in &pack.sop_sms {
        if let Some((step, id)) =
            version.responses.all().into_iter().find(|(_, id)| pack.response(id).is_none())
        {
            return Err(format!("the procedure {} needs the response {id} for {step}", version.version));
        }
    }
    if let Some(fault) = domain::pack::book_faults(pack).into_iter().next() {
        return Err(format!("the appointment book: {fault}"));
    }
    if pack.wrap_up.codes.is_empty() {
        return Err("one wrap-up code must stay, or nothing could be finished".to_owned());
    }
    Ok(())
}

/// Lays what memos change on a day over the records. A record that cannot be changed so is left as it is and told to the
/// log: a memo must never take the whole floor down.
pub(crate) fn lay_over(
    found: &mut BTreeMap<&'static str, Vec<Record>>,
    dated: &[Dated],
    day: Date,
    zone: &TimeZone,
) -> Result<(), String> {
    if dated.is_empty() {
        return Ok(());
    }
    for (kind, list) in found {
        for record in list {
            let data: serde_json::Value =
                serde_json::from_str(&record.data).map_err(|e| format!("the {kind} {}: {e}", record.id))?;
            let changed = apply_changes(dated, kind, &record.id, &data, record.at, (day, zone))
                .and_then(|changed| changed.map(|data| readable(kind, &data).map(|()| data)).transpose());
            match changed {
                Ok(Some(data)) => record.data = data.to_string(),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(kind, id = record.id, error, "a memo's change cannot be laid over")
                }
            }
        }
    }
    Ok(())
}

/// Whether data has the form of its kind.
pub(crate) fn readable(kind: &str, data: &serde_json::Value) -> Result<(), String> {
    fn read<T: DeserializeOwned>(data: &serde_json::Value) -> Result<(), String> {
        serde_json::from_value::<T>(data.clone()).map(|_| ()).map_err(|e| e.to_string())
    }
    match kind {
        QUEUE => read::<domain::pack::Queue>(data),
        HOURS => read::<domain::pack::Hours>(data),
        CANNED => read::<CannedResponse>(data),
        WRAP_UP_CODE => read::<domain::pack::WrapUpCode>(data),
        REASON => read::<domain::pack::NotReadyReason>(data),
        SOP_SMS => read::<domain::pack::SmsSopVersion>(data),
        OFFICE => read::<ResourceCenter>(data),
        VISIT_TYPE => read::<VisitType>(data),
        BOOK_RULES => read::<BookRules>(data),
        TELL => read::<Tell>(data),
        NOTICE_TEXT => read::<NoticeText>(data),
        other => Err(format!("there is no setting of the kind `{other}`")),
    }
}

fn overlay<T: DeserializeOwned>(
    list: &mut Vec<T>,
    records: &BTreeMap<&'static str, Vec<Record>>,
    kind: &'static str,
    id: impl Fn(&T) -> String,
) -> Result<(), String> {
    let Some(found) = records.get(kind) else { return Ok(()) };
    let mut values = BTreeMap::new();
    for record in found {
        let value: T = serde_json::from_str(&record.data)
            .map_err(|e| format!("the {kind} {} cannot be read: {e}", record.id))?;
        values.insert(record.id.clone(), value);
    }
    // Whatever is not among the records any more was deleted by somebody.
    let order: Vec<String> = list.iter().map(&id).collect();
    list.clear();
    for known in order {
        list.extend(values.remove(&known));
    }
    list.extend(values.into_values());
    Ok(())
}
