//! Codecs between SMS carriers and the engine; and of what else leaves in somebody else's form: calendar feeds, tasks.
//!
//! **Owns** the bytes: how a carrier's call on us is proved genuine and read, how our text becomes the
//! carrier's request, how its answer and its delivery reports are understood, and the limits on all of them.
//!
//! **Does not own** sockets, time, retries, de-duplication, opt-out or storage. Nothing here reads a clock,
//! draws a random number or touches the network; the engine gives bytes and gets values.
//!
//! **To add a carrier** (SMPP, another HTTP provider), write a module beside [`twilio`] with a type that
//! implements [`SmsCodec`], put shapes of its traffic under `fixtures/<carrier>/`, and run the same property
//! tests over it. A carrier that speaks over a kept connection, as SMPP does, still fits: its driver hands
//! each complete PDU to `decode` as a [`Request`] whose `url` names the bind (`smpp://host:port/system-id`)
//! and whose `body` is the PDU; `encode` returns the `submit_sm` bytes as [`HttpRequest::body`] with the method
//! `PDU`; `read_answer` gets the `command_status` as `status` and the `submit_sm_resp` body; `deliver_sm` with
//! the receipt flag becomes [`Received::Status`]. Only the driver differs, never the engine.

mod carrier;
mod form;
mod number;
mod signature;

pub mod handset;
pub mod ical;
pub mod tasks;
pub mod twilio;

pub use carrier::{
    Answer, CarrierError, DecodeError, DeliveryState, DeliveryStatus, EncodeError, HttpRequest, InboundText,
    Media, OutgoingText, Received, Request, SendResult, SmsCodec,
};
pub use number::{is_e164, is_short_code};

/// The most bytes one call from a carrier may have. 10,000 characters of four bytes, each byte percent-encoded
/// to three, would be more; carriers cut texts at 1,600 characters long before that.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;
/// The most characters (Unicode scalar values) of one incoming text.
pub const MAX_INBOUND_CHARS: usize = 10_000;
/// The most UTF-16 units of one outgoing text: the unit in which SMS counts, so that an emoji is two.
pub const MAX_OUTGOING_UNITS: usize = 1_600;
/// The most attachments of one incoming message.
pub const MAX_MEDIA: usize = 10;
/// The longest identifier a carrier may give a message, in bytes.
pub const MAX_ID_BYTES: usize = 64;
/// The longest address of an attachment, in bytes.
pub const MAX_MEDIA_URL_BYTES: usize = 2_048;
