//! "Where to send the customer": online, mail and e-mail above the referral (SMS-GEN-9); the referral asks why nothing
//! else serves, in one click (SMS-GEN-10).

use domain::canned::{self, CannedKind, CannedResponse};
use domain::view::Card;

use super::hints;
use super::look::Look;

/// Reasons offered in one click; another can be written. They are the desk's words, kept with the interaction.
pub(crate) const REASONS: [&str; 6] = [
    "An interview is required",
    "The customer has no internet and no mailing address",
    "The customer cannot read or write well enough for online, mail or e-mail",
    "Online, mail and e-mail were tried and did not work",
    "It cannot wait for mail, and the website does not offer it",
    "The customer asks to speak with someone about the own case",
];

/// One way with its responses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) title: &'static str,
    /// Value of the form's field.
    pub(crate) kind: &'static str,
    pub(crate) given: bool,
    pub(crate) referral: bool,
    /// Id, title and wording of those that fit best.
    pub(crate) options: Vec<(String, String, String)>,
    /// The others.
    pub(crate) more: Vec<(String, String, String)>,
}

/// Options of a way that are shown at once.
const SHOWN: usize = 3;

/// The ways in the order of the procedure, the referral last. Those that fit the customer's words come first within each.
pub(crate) fn ways(look: &Look, card: &Card, words: &str) -> Vec<Way> {
    let Some(sop) = look.sop() else { return Vec::new() };
    let mut kinds = sop.self_service_order.value.clone();
    kinds.retain(|kind| *kind != CannedKind::Referral);
    kinds.push(CannedKind::Referral);
    let fitting: Vec<&str> =
        canned::suggest(&look.pack.canned, words, &card.channel, &card.language, usize::MAX)
            .into_iter()
            .map(|response| response.id.as_str())
            .collect();
    kinds
        .into_iter()
        .filter_map(|kind| {
            let (title, word) = title(kind)?;
            let mut found: Vec<&CannedResponse> = look
                .pack
                .canned
                .iter()
                .filter(|response| response.kind == kind && hints::is_offered(response))
                .collect();
            found.sort_by_key(|response| {
                fitting.iter().position(|id| *id == response.id).unwrap_or(usize::MAX)
            });
            let mut options: Vec<_> = found
                .into_iter()
                .filter_map(|response| {
                    Some((
                        response.id.clone(),
                        response.title.clone(),
                        look.wording(response, &card.language)?,
                    ))
                })
                .collect();
            let more = options.split_off(options.len().min(SHOWN));
            let referral = kind == CannedKind::Referral;
            Some(Way { title, kind: word, given: card.ways.contains(&kind), referral, options, more })
        })
        .collect()
}

const fn title(kind: CannedKind) -> Option<(&'static str, &'static str)> {
    match kind {
        CannedKind::SelfServiceOnline => Some(("Online", "self_service_online")),
        CannedKind::SelfServiceMail => Some(("By mail", "self_service_mail")),
        CannedKind::SelfServiceEmail => Some(("By e-mail", "self_service_email")),
        CannedKind::Referral => Some(("Customer Service Center", "referral")),
        _ => None,
    }
}

/// Reads the form's field.
pub(crate) fn kind(word: &str) -> Option<CannedKind> {
    let kinds = [
        CannedKind::SelfServiceOnline,
        CannedKind::SelfServiceMail,
        CannedKind::SelfServiceEmail,
        CannedKind::Referral,
    ];
    kinds.into_iter().find(|kind| title(*kind).is_some_and(|(_, known)| known == word))
}
