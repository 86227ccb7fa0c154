//! Mail: out of the box it stays in the local outbox; with a `[mail]` section it leaves by SMTP.

use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use engine::ports::{Clock, Mail, Mailer};
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use store::{Commit, Row, RowChange, Store};

use crate::config;

/// Rows of mails that were kept or sent.
const MAIL: &str = "mail";

/// Keeps every mail where an administrator can read it. Nothing leaves the machine.
pub(crate) struct LocalOutbox {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl LocalOutbox {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn keep(&self, mail: &Mail, how: &str) -> Result<(), String> {
        let at = self.clock.now();
        let data =
            serde_json::json!({ "to": mail.to, "subject": mail.subject, "text": mail.text, "at": at, "how": how }).to_string();
        let row = Row { kind: MAIL.to_owned(), id: mail.id.clone(), group: "all".to_owned(), sort: at, data };
        let commit = Commit { rows: vec![RowChange::Put(row)], ..Commit::default() };
        self.store.commit(commit).await.map(|_| ()).map_err(|e| e.to_string())
    }
}

#[async_trait]
impl Mailer for LocalOutbox {
    async fn send(&self, mail: Mail) -> Result<(), String> {
        self.keep(&mail, "kept in the local outbox").await
    }
}

/// Sends by SMTP. Addresses that the agency has not set are refused.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    kept: LocalOutbox,
}

impl Smtp {
    pub(crate) fn new(settings: &config::Mail, kept: LocalOutbox) -> anyhow::Result<Self> {
        let builder = if settings.tls {
            AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&settings.host)?
        } else {
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
        };
        let mut builder = builder.port(settings.port);
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.read()?));
        }
        let from = settings.from.parse().context("mail.from is not a mail address")?;
        Ok(Self { transport: builder.build(), from, kept })
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: Mail) -> Result<(), String> {
        if let Some(unset) = mail.to.iter().find(|address| address.ends_with(".invalid")) {
            return Err(format!("The agency has not set the address {unset} yet."));
        }
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@hearthline>", mail.id)))
            .from(self.from.clone())
            .subject(&mail.subject);
        for address in &mail.to {
            let to: Mailbox = address.parse().map_err(|_| format!("{address} is not a mail address."))?;
            message = message.to(to);
        }
        let message = message.body(mail.text.clone()).map_err(|e| e.to_string())?;
        self.transport.send(message).await.map_err(|e| e.to_string())?;
        self.kept.keep(&mail, "sent").await
    }
}
