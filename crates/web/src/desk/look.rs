//! What one look at the desk needs, read once: who looks, the settings in force, their interactions and alerts.
//!
//! It reads the rows that concern this person and no others, so that a busy floor costs each desk nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::canned::CannedResponse;
use domain::event::Event;
use domain::id::{InteractionId, StaffId};
use domain::interaction::Phase;
use domain::pack::{Pack, SmsSopVersion};
use domain::time::{Millis, instant};
use domain::view::{self, Card, Notice, Person};
use engine::Engine;
use engine::records::Account;
use jiff::tz::TimeZone;

use crate::error::Error;
use crate::session::SignedIn;

use super::{list, presence};

/// Events of the own stream that are read for today's figures.
const EVENTS_MAX: usize = 500;
/// Events of a customer's stream that are counted for earlier contacts.
const CONTACTS_MAX: usize = 1_000;

/// One person's desk at one moment.
pub(crate) struct Look {
    pub(crate) me: StaffId,
    pub(crate) account: Account,
    pub(crate) now: Millis,
    pub(crate) zone: TimeZone,
    pub(crate) pack: Arc<Pack>,
    pub(crate) person: Person,
    /// How often each response was sent.
    pub(crate) usage: BTreeMap<String, u64>,
    /// Cards that take this person's capacity: offered, open, in wrap-up.
    pub(crate) cards: Vec<Card>,
}

impl Look {
    /// Reads the desk, and besides what takes capacity the interaction that is `asked` for.
    pub(crate) async fn at(
        engine: &Engine,
        me: &SignedIn,
        asked: Option<InteractionId>,
    ) -> Result<Self, Error> {
        let id = me.account.id.clone();
        let person = person(engine, &id).await?;
        let mut cards = Vec::with_capacity(person.held.len());
        for (interaction, _) in &person.held {
            cards.extend(engine.card(*interaction).await?);
        }
        if let Some(asked) = asked.filter(|asked| !cards.iter().any(|card: &Card| card.id == *asked)) {
            cards.extend(engine.card(asked).await?.filter(|card| card.owner.as_ref() == Some(&id)));
        }
        Ok(Self {
            me: id,
            account: me.account.clone(),
            now: engine.now(),
            zone: engine.zone(),
            pack: engine.pack(),
            usage: engine.usage(),
            person,
            cards,
        })
    }

    /// My interactions in the order of their clocks.
    pub(crate) fn mine(&self) -> Vec<&Card> {
        list::mine(&self.cards, &self.me)
    }

    /// The card with this id, while I have it.
    pub(crate) fn own(&self, id: InteractionId) -> Option<&Card> {
        self.cards
            .iter()
            .find(|card| card.id == id && card.owner.as_ref() == Some(&self.me) && card.phase != Phase::Done)
    }

    /// The card with this id, while it is or was mine; done ones only when they were read for this look.
    pub(crate) fn seen(&self, id: InteractionId) -> Option<&Card> {
        self.cards.iter().find(|card| card.id == id && card.owner.as_ref() == Some(&self.me))
    }

    /// The SMS procedure in force.
    pub(crate) fn sop(&self) -> Option<&SmsSopVersion> {
        let today = instant(self.now).to_zoned(self.zone.clone()).date();
        self.pack.sms_sop(today).or_else(|| self.pack.sop_sms.last())
    }

    /// The exact wording of a response with its slots filled (SMS-GEN-12, SMS-KEY-1); none when a slot has no value.
    pub(crate) fn wording(&self, response: &CannedResponse, language: &str) -> Option<String> {
        let name = Some(self.account.first_name.as_str());
        let given = (&*self.pack, self.now, &self.zone);
        domain::sop::library::filled(response.wording(language)?, response, language, name, given).ok()
    }

    /// The response to use for a language: a prescribed script's translation is an entry of its own.
    pub(crate) fn response_in(&self, id: &str, language: &str) -> Option<&CannedResponse> {
        let id = self.sop().map_or(id, |sop| sop.response_in(id, language));
        self.pack.response(id)
    }
}

/// A person's line, or that of somebody who has never been here.
async fn person(engine: &Engine, id: &StaffId) -> Result<Person, Error> {
    let row = engine.store().row(view::STAFF, &id.0).await?;
    match row {
        Some(row) => serde_json::from_str(&row.data).map_err(Error::fault),
        None => Ok(Person {
            id: id.clone(),
            presence: domain::staff::Presence::OffQueue,
            since: engine.now(),
            set_by: None,
            held: Vec::new(),
            idle_since: 0,
            in_safety: false,
            line_lost_at: None,
            acknowledged: BTreeMap::new(),
            spent_ms: BTreeMap::new(),
        }),
    }
}

/// The last events of a stream, at most `most`, oldest first.
pub(crate) async fn last_events(engine: &Engine, stream: &str, most: usize) -> Result<Vec<Event>, Error> {
    let heads = engine.store().load(&[stream.to_owned()]).await?;
    let version = heads.into_iter().flatten().next().map_or(0, |snapshot| snapshot.version);
    let after = version.saturating_sub(most as u64);
    let stored = engine.store().read_stream(stream, after, most).await?;
    Ok(stored.iter().filter_map(|event| Event::read(event.form, &event.data).ok()).collect())
}

/// The last events of this person's own stream.
pub(crate) async fn own_events(engine: &Engine, look: &Look) -> Result<Vec<Event>, Error> {
    last_events(engine, &domain::event::staff_stream(&look.me), EVENTS_MAX).await
}

/// Time in each presence today.
pub(crate) async fn spent_today(engine: &Engine, look: &Look) -> Result<Vec<presence::Spent>, Error> {
    let events = own_events(engine, look).await?;
    let from = presence::midnight(look.now, &look.zone);
    Ok(presence::spent_since(&events, &look.person, from))
}

/// Contacts with this number that ended before the present one.
pub(crate) async fn earlier_contacts(engine: &Engine, card: &Card) -> Result<usize, Error> {
    let stream = domain::event::customer_stream(&card.customer);
    let stored = engine.store().read_stream(&stream, 0, CONTACTS_MAX).await?;
    let ended = stored.iter().filter(|event| event.kind == "contact_ended").count();
    Ok(ended.saturating_sub(usize::from(card.ended_at.is_some())))
}

/// Alerts for this person, the newest first.
pub(crate) async fn notices(engine: &Engine, look: &Look) -> Result<Vec<Notice>, Error> {
    let mut notices = engine.notices(&look.me).await?;
    notices.sort_by_key(|notice| std::cmp::Reverse(notice.at));
    Ok(notices)
}

/// Names of everybody, for transcripts and lists.
pub(crate) async fn names(engine: &Engine) -> Result<BTreeMap<StaffId, String>, Error> {
    Ok(engine.members().await?.into_iter().map(|member| (member.id, member.name)).collect())
}

/// The customer's last words, for suggestions.
pub(crate) async fn customer_words(engine: &Engine, card: &Card) -> Result<String, Error> {
    let Some(message) = card.last_customer_message else { return Ok(String::new()) };
    Ok(engine.store().bodies(&[message.to_string()]).await?.into_iter().flatten().next().unwrap_or_default())
}
