//! Short forms of what customers and staff do in a scenario. To add one: a method that makes the command and runs it.

use domain::command::{Command, Inbound, Reply, Script, Target};
use domain::event::Event;
use domain::id::{Address, InteractionId, MessageId, OfferId};
use domain::interaction::{Delivery, EndReason, SafetyKind, SafetyStep};
use domain::refusal::Refusal;
use domain::sop;
use domain::staff::Presence;
use uuid::Uuid;

use super::{CUSTOMER, LINE, World, clock, id};

impl World {
    // ---- customers

    pub(crate) fn inbound(customer: &str, text: &str) -> Inbound {
        Inbound {
            line: "sms-main".to_owned(),
            our_address: Address::from(LINE),
            customer: Address::from(customer),
            text: text.to_owned(),
            provider_id: "provider-1".to_owned(),
            media: Vec::new(),
            carrier_handled_keyword: false,
            visit: domain::command::VisitWord::default(),
        }
    }

    /// The open interaction of an address, or a fresh id, as the engine finds it.
    fn open_or_fresh(&mut self, customer: &Address) -> InteractionId {
        let open = self.interactions.values().find(|i| i.is_open() && &i.customer == customer).map(|i| i.id);
        open.unwrap_or_else(|| InteractionId(self.fresh()))
    }

    pub(crate) fn receive(&mut self, inbound: Inbound) -> Result<Vec<Event>, Refusal> {
        let id = self.open_or_fresh(&inbound.customer);
        let message = MessageId(self.fresh());
        let events = self.run(&Command::ReceiveMessage { id, message, inbound })?;
        self.id = id;
        Ok(events)
    }

    pub(crate) fn customer(&mut self, text: &str) -> Vec<Event> {
        self.customer_from(CUSTOMER, text)
    }

    pub(crate) fn customer_from(&mut self, customer: &str, text: &str) -> Vec<Event> {
        self.receive(Self::inbound(customer, text)).expect("a text is taken")
    }

    // ---- staff

    pub(crate) fn acknowledge(&mut self, staff: &str) -> &mut Self {
        let version = self.pack.sop_sms[0].version.clone();
        let command = Command::Acknowledge { staff: id(staff), procedure: "sms".to_owned(), version };
        self.run(&command).expect("the present version can be acknowledged");
        self
    }

    pub(crate) fn presence(&mut self, staff: &str, to: Presence) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::SetPresence { staff: id(staff), to, by: None })
    }

    pub(crate) fn on_queue(&mut self, staff: &str) -> &mut Self {
        self.acknowledge(staff);
        self.presence(staff, Presence::OnQueue).expect("may go on queue");
        self
    }

    pub(crate) fn offer(&mut self, staff: &str) -> Result<OfferId, Refusal> {
        let command = Command::Offer { id: self.id, staff: id(staff) };
        self.run(&command)?;
        Ok(self.offer_id())
    }

    pub(crate) fn offer_id(&self) -> OfferId {
        self.i().offer.as_ref().expect("a running offer").id
    }

    pub(crate) fn accept(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        let offer = self.offer_id();
        self.run(&Command::Accept { id: self.id, offer, staff: id(staff) })
    }

    pub(crate) fn decline(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        let offer = self.offer_id();
        self.run(&Command::Decline { id: self.id, offer, staff: id(staff) })
    }

    /// Offers the interaction at hand to a person on queue, who accepts.
    pub(crate) fn take(&mut self, staff: &str) -> &mut Self {
        self.offer(staff).expect("an offer");
        self.accept(staff).expect("accepted");
        self
    }

    /// A customer's text that a technician has accepted.
    pub(crate) fn contact(staff: &str, text: &str) -> Self {
        let mut world = Self::new();
        world.begin(staff, text);
        world
    }

    pub(crate) fn begin(&mut self, staff: &str, text: &str) -> &mut Self {
        self.on_queue(staff);
        self.customer(text);
        self.take(staff)
    }

    /// A contact in which the customer has been silent since ana wrote at 10:00:00.
    pub(crate) fn silent_since_ten(mut self) -> Self {
        self.now = clock("09:59:50");
        self.begin("ana", "When will I get my SNAP benefits?");
        self.at("10:00:00").says("ana", "Which program do you ask about?").expect("sent");
        self
    }

    pub(crate) fn reply(&mut self, staff: &str, reply: Reply) -> Result<Vec<Event>, Refusal> {
        let message = MessageId(self.fresh());
        self.run(&Command::Reply { id: self.id, staff: id(staff), message, reply })
    }

    /// Free text, with the prompt for the matching response already seen.
    pub(crate) fn says(&mut self, staff: &str, text: &str) -> Result<Vec<Event>, Refusal> {
        self.reply(staff, Reply { text: text.to_owned(), confirmed: true, ..Reply::default() })
    }

    /// A canned response inserted as it is.
    pub(crate) fn inserts(&mut self, staff: &str, response: &str) -> Result<Vec<Event>, Refusal> {
        let text = self.wording(response, staff);
        self.reply(staff, Reply { text, canned: Some(response.to_owned()), ..Reply::default() })
    }

    /// The wording of a response in the language of the interaction at hand.
    pub(crate) fn wording(&self, response: &str, staff: &str) -> String {
        let found = self.pack.response(response).expect("the response");
        let language = self.interactions.get(&self.id).map_or("en", |i| i.language.as_str());
        self.in_context(Uuid::nil(), &[], |context| {
            sop::library::wording(found, language, Some(&id(staff)), context).expect("its slots are filled")
        })
    }

    pub(crate) fn script(&mut self, staff: &str, script: Script) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::SendScript { id: self.id, staff: id(staff), script })
    }

    pub(crate) fn research(&mut self, staff: &str, on: bool) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Research { id: self.id, staff: id(staff), on })
    }

    pub(crate) fn request_supervisor(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::RequestSupervisor { id: self.id, staff: id(staff) })
    }

    pub(crate) fn transfer_to(&mut self, staff: &str, to: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Transfer { id: self.id, staff: id(staff), target: Target::Staff { id: id(to) } })
    }

    pub(crate) fn transfer_to_queue(&mut self, staff: &str, queue: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Transfer {
            id: self.id,
            staff: id(staff),
            target: Target::Queue { id: queue.to_owned() },
        })
    }

    pub(crate) fn take_over(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::TakeOver { id: self.id, staff: id(staff) })
    }

    pub(crate) fn open_safety(&mut self, staff: &str, kind: SafetyKind) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::OpenSafety { id: self.id, staff: id(staff), kind })
    }

    pub(crate) fn step(
        &mut self,
        staff: &str,
        step: SafetyStep,
        note: Option<&str>,
    ) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::DoSafetyStep {
            id: self.id,
            staff: id(staff),
            step,
            note: note.map(str::to_owned),
        })
    }

    pub(crate) fn end(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::End {
            id: self.id,
            staff: id(staff),
            reason: EndReason::Finished,
            confirmed: false,
        })
    }

    pub(crate) fn end_for_no_response(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::End {
            id: self.id,
            staff: id(staff),
            reason: EndReason::NoResponse,
            confirmed: false,
        })
    }

    pub(crate) fn finish(&mut self, staff: &str, code: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Finish { id: self.id, staff: id(staff), code: code.to_owned() })
    }

    pub(crate) fn report(&mut self, message: MessageId, delivery: Delivery, opted_out: bool) -> Vec<Event> {
        self.run(&Command::ReportDelivery { id: self.id, message, delivery, opted_out })
            .expect("a report is taken")
    }
}
