//! The child-abuse steps on the right: in order, greyed until the one before is done (SMS-ABUSE-1 to SMS-ABUSE-8).

use domain::interaction::{CallOutcome, Safety, SafetyAnswer, SafetyKind, SafetyStep};
use domain::sop::safety::{self, Step};
use domain::time::Millis;
use jiff::tz::TimeZone;

use super::words;

/// One step as the panel shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepLine {
    /// Value of the form's field.
    pub(crate) step: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) clause: &'static str,
    /// Time of day it was done.
    pub(crate) done: Option<String>,
    /// It is this one's turn.
    pub(crate) now: bool,
}

/// The steps of a contact.
pub(crate) fn steps(safety: &Safety, zone: &TimeZone) -> Vec<StepLine> {
    let next = safety::next(safety);
    safety::steps(safety.kind)
        .iter()
        .map(|step| StepLine {
            step: word(*step),
            sentence: step.sentence(),
            clause: step.clause(safety.kind),
            done: safety
                .done
                .iter()
                .find(|(_, done)| safety::step_of(done) == *step)
                .map(|(at, _)| words::time_of_day(*at, zone)),
            now: next == Some(*step),
        })
        .collect()
}

const fn word(step: Step) -> &'static str {
    match step {
        Step::SafetyChecked => "safety_checked",
        Step::HotlineGiven => "hotline_given",
        Step::CallAnnounced => "call_announced",
        Step::Called => "called",
        Step::ReportFiled => "report_filed",
    }
}

/// The kind in words.
pub(crate) const fn kind_words(kind: SafetyKind) -> &'static str {
    match kind {
        SafetyKind::Victim => "Child abuse: the person texting is the victim",
        SafetyKind::Reporting => "Child abuse: reporting about others",
    }
}

/// Reads the kind of the form.
pub(crate) fn kind(word: &str) -> Option<SafetyKind> {
    match word {
        "victim" => Some(SafetyKind::Victim),
        "reporting" => Some(SafetyKind::Reporting),
        _ => None,
    }
}

/// Reads a step with what was entered. `value` is the answer, the outcome, or the reference.
///
/// # Errors
/// A sentence that says what to enter.
pub(crate) fn step(word: &str, value: &str, filed_at: Option<Millis>) -> Result<SafetyStep, &'static str> {
    match word {
        "safety_checked" => {
            let answer = match value {
                "safe" => SafetyAnswer::Safe,
                "in_danger" => SafetyAnswer::InDanger,
                "unknown" => SafetyAnswer::Unknown,
                _ => return Err("Choose whether the person is safe, in danger, or did not say."),
            };
            Ok(SafetyStep::SafetyChecked { answer })
        }
        "hotline_given" => Ok(SafetyStep::HotlineGiven),
        "call_announced" => Ok(SafetyStep::CallAnnounced),
        "called" => {
            let outcome = match value {
                "reached" => CallOutcome::Reached,
                "not_reached" => CallOutcome::NotReached,
                "not_safe" => CallOutcome::NotSafe,
                _ => return Err("Choose what became of the call."),
            };
            Ok(SafetyStep::Called { outcome })
        }
        "report_filed" => {
            let filed_at = filed_at.ok_or("Enter the date and time at which the report was filed.")?;
            let reference = value.trim();
            if reference.is_empty() {
                return Err("Enter the reference that the online report gave.");
            }
            Ok(SafetyStep::ReportFiled { filed_at, reference: reference.to_owned() })
        }
        _ => Err("This step is not known."),
    }
}

#[cfg(test)]
mod tests {
    use domain::id::StaffId;

    use super::*;

    fn contact(kind: SafetyKind, done: Vec<(Millis, SafetyStep)>) -> Safety {
        Safety {
            kind,
            opened_at: 0,
            by: StaffId::from("ana"),
            done,
            texting_stopped: false,
            completed_at: None,
        }
    }

    #[test]
    fn sms_abuse_1_later_steps_wait_for_the_one_before() {
        let none = steps(&contact(SafetyKind::Victim, Vec::new()), &TimeZone::UTC);
        assert_eq!(none.iter().map(|line| line.now).collect::<Vec<_>>(), [true, false, false, false, false]);
        let one = vec![(1000, SafetyStep::SafetyChecked { answer: SafetyAnswer::Safe })];
        let after = steps(&contact(SafetyKind::Victim, one), &TimeZone::UTC);
        assert!(after.first().is_some_and(|line| line.done.is_some() && !line.now));
        assert!(after.get(1).is_some_and(|line| line.now && line.clause == "SMS-ABUSE-2"));
    }

    #[test]
    fn sms_abuse_8_reporting_about_others_offers_the_hotline_only() {
        let lines = steps(&contact(SafetyKind::Reporting, Vec::new()), &TimeZone::UTC);
        assert_eq!(
            lines.iter().map(|line| (line.step, line.clause)).collect::<Vec<_>>(),
            [("hotline_given", "SMS-ABUSE-8")]
        );
    }

    #[test]
    fn sms_abuse_5_a_report_needs_its_time_and_reference() {
        assert!(step("report_filed", "R-1", None).is_err());
        assert!(step("report_filed", "  ", Some(5)).is_err());
        let filed = SafetyStep::ReportFiled { filed_at: 5, reference: "R-1".to_owned() };
        assert_eq!(step("report_filed", " R-1 ", Some(5)), Ok(filed));
    }
}
