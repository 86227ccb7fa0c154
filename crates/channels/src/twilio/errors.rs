//! What the provider's error codes mean to the technician who wrote the text, and whether trying again helps.
//!
//! Owns the table and nothing else. Each code's page is `twilio.com/docs/api/errors/<code>`; the sentences are
//! ours. The provider adds codes without notice, so a code that is not here still gets a sentence. To add one,
//! add a row in numerical order.

use crate::CarrierError;

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The provider's code.
    pub code: u32,
    /// For the technician: what happened, then what to do.
    pub reason: &'static str,
    /// Seconds to wait before the same text may be tried again; `None` where that cannot help.
    pub again_after_seconds: Option<u32>,
    /// The customer has opted out with the carrier.
    pub means_opted_out: bool,
}

const fn never(code: u32, reason: &'static str) -> Known {
    Known { code, reason, again_after_seconds: None, means_opted_out: false }
}

const fn later(code: u32, seconds: u32, reason: &'static str) -> Known {
    Known { code, reason, again_after_seconds: Some(seconds), means_opted_out: false }
}

/// Every code with a sentence of its own, in numerical order.
pub const KNOWN: &[Known] = &[
    later(
        20003,
        300,
        "The carrier does not accept our account's credentials. An administrator must check them.",
    ),
    later(
        20005,
        300,
        "Our account with the carrier is not active. An administrator must settle this with the carrier.",
    ),
    later(20404, 300, "The carrier does not know our account. An administrator must check the account SID."),
    later(20429, 5, "The carrier asks us to send more slowly."),
    never(21211, "This is not a valid telephone number. Ask the customer for the right one."),
    never(21212, "Our own sending number is not valid. Tell an administrator."),
    never(21265, "This is a short code, which cannot receive texts from us."),
    never(21266, "This is our own number; it cannot text itself."),
    never(21408, "Our account may not text numbers in this country. Offer the customer another way."),
    never(21601, "Our own number is not set up for texts. Tell an administrator."),
    never(21602, "The text was empty."),
    never(21604, "The text had no telephone number to go to."),
    never(21606, "Our own number may not text this number. Tell an administrator."),
    never(
        21608,
        "Our account with the carrier is on trial and may text verified numbers only. Tell an administrator.",
    ),
    Known {
        code: 21610,
        reason: "This customer has opted out of our texts with their carrier. Nothing can be sent until they text START.",
        again_after_seconds: None,
        means_opted_out: true,
    },
    later(21611, 60, "Too many texts are already waiting at the carrier for our number."),
    never(21612, "The carrier has no way to this number from ours. Offer the customer another way."),
    never(21614, "This number cannot receive texts; it may be a landline. Offer the customer another way."),
    never(21617, "The text is longer than the 1,600 characters the carrier takes. Send it in parts."),
    never(21621, "Our own number cannot send pictures or files."),
    never(21635, "This number is a landline and cannot receive texts. Offer the customer another way."),
    never(21658, "A part of the text is longer than the carrier takes. Send it in parts."),
    never(21659, "The carrier does not know our sending number. Tell an administrator."),
    never(21660, "Our sending number belongs to another account of the carrier. Tell an administrator."),
    never(21661, "Our own number is not set up for texts. Tell an administrator."),
    later(
        30001,
        60,
        "The carrier's line for our number was too full, and the text was dropped. Send it again.",
    ),
    later(
        30002,
        300,
        "The carrier has suspended our account. Tell an administrator; nothing goes out until this is settled.",
    ),
    later(30003, 300, "The customer's phone cannot be reached now: it may be off or without service."),
    never(30004, "The customer's carrier or phone blocks our texts. Offer the customer another way."),
    never(30005, "This number is unknown or no longer in service. Ask the customer for the right one."),
    never(30006, "This number is a landline, or its carrier takes no texts. Offer the customer another way."),
    never(
        30007,
        "The text was held back as unwanted by a filter. Write it plainly, without links, and tell an administrator if it happens again.",
    ),
    later(30008, 60, "The text did not arrive, and the customer's carrier does not say why. Try once more."),
    later(30009, 60, "A part of the text was lost on the way. Send it again."),
    never(30010, "The text would cost more than our account allows. Tell an administrator."),
    never(30011, "The customer's phone or carrier takes no pictures or files."),
    later(30022, 60, "The networks say that we send too quickly."),
    later(30023, 3_600, "Our allowance of texts for this network is used up for today."),
    never(30024, "The customer's carrier does not know our number yet. Tell an administrator."),
    later(30027, 3_600, "Our allowance of texts for this network is used up for today."),
    never(30032, "Our toll-free number has not been verified with the carriers. Tell an administrator."),
    never(30034, "Our number is not registered for texting with the carriers. Tell an administrator."),
    later(30036, 60, "The text waited too long at the carrier and was dropped. Send it again."),
    later(30410, 60, "The customer's carrier did not answer in time; the text may not have arrived."),
    later(63038, 3_600, "Our account has reached its limit of texts for one day."),
];

/// The row of a code.
#[must_use]
pub fn find(code: u64) -> Option<&'static Known> {
    KNOWN.iter().find(|known| u64::from(known.code) == code)
}

/// The error for any code, known or not. An unknown one is not called permanent: nothing is known of it.
#[must_use]
pub fn explain(code: &str) -> CarrierError {
    match code.parse().ok().and_then(find) {
        Some(known) => CarrierError {
            code: code.to_owned(),
            reason: known.reason.to_owned(),
            permanent: known.again_after_seconds.is_none(),
            means_opted_out: known.means_opted_out,
        },
        None => CarrierError {
            code: code.to_owned(),
            reason: format!(
                "The carrier could not deliver the text and gives the code {code}. Tell an administrator."
            ),
            permanent: false,
            means_opted_out: false,
        },
    }
}

/// For a report of failure that names no code.
pub(super) fn without_code(state: &str) -> CarrierError {
    let (reason, permanent) = match state {
        "canceled" => ("The text was cancelled at the carrier before it was sent.", true),
        _ => ("The carrier could not deliver the text and does not say why.", false),
    };
    CarrierError { code: state.to_owned(), reason: reason.to_owned(), permanent, means_opted_out: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_reason_is_a_plain_sentence() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].code < pair[1].code));
        for known in KNOWN {
            assert!(known.reason.ends_with('.'), "{}", known.code);
            assert!(known.reason.len() < 160, "{} is too long for the desk", known.code);
            for jargon in ["API", "SMS", "MMS", "10DLC", "Twilio", "E.164", "'To'", "MSISDN"] {
                assert!(!known.reason.contains(jargon), "{} says {jargon}", known.code);
            }
        }
    }

    #[test]
    fn only_an_opt_out_means_opted_out() {
        let all: Vec<u32> =
            KNOWN.iter().filter(|known| known.means_opted_out).map(|known| known.code).collect();
        assert_eq!(all, [21610]);
        assert!(explain("21610").permanent && explain("21610").means_opted_out);
    }

    #[test]
    fn the_codes_that_matter_most_are_known() {
        for code in [
            21211, 21408, 21610, 21611, 21612, 21614, 21617, 21621, 30001, 30002, 30003, 30004, 30005, 30006,
            30007, 30008, 30010, 30022, 30023, 30034, 63038,
        ] {
            assert!(find(code).is_some(), "{code}");
        }
    }

    #[test]
    fn an_unknown_code_still_gets_a_sentence_with_the_code() {
        let error = explain("39999");
        assert!(error.reason.contains("39999") && !error.permanent && !error.means_opted_out);
    }
}
