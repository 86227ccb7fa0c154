//! Builds the parts and runs them: the one place that knows which store, which carriers and which mail.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use channels::SmsCodec;
use channels::handset::Handset;
use channels::twilio::{API_BASE, Settings as TwilioSettings, Twilio};
use domain::pack::Pack;
use engine::{Carrier, Engine, Parts};
use store::Store;
use store::sqlite::{Options, SqliteStore};
use store::vault::Vault;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::{self, Config};
use crate::door;
use crate::drivers::{
    Folder, HandsetLink, LocalOutbox, Outside, Smtp, SystemClock, SystemIds, TaskHandOff, random_hex,
};

/// How long open connections may take to end when the program stops.
const STOP_WAIT: Duration = Duration::from_secs(10);

/// What a command needs of the running whole.
pub(crate) struct Built {
    pub(crate) engine: Engine,
    pub(crate) handset_key: String,
    pub(crate) data: PathBuf,
}

/// Opens the store and builds the engine.
pub(crate) async fn build(config: &Config, pack: Pack, demo: bool) -> anyhow::Result<Built> {
    check(config, &pack)?;
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("the data folder {} cannot be made", config.data.display()))?;
    let key = config.key_path();
    if config.data_file().exists() && !key.exists() {
        // A fresh key would open none of the texts, and hide that the right one is missing.
        bail!(
            "there is data but no key file {}: bring the key back, or name its place in key_file",
            key.display()
        );
    }
    let vault = Vault::open_or_create(&key)?;
    let store = SqliteStore::open(&config.data_file(), vault, &Options::default())?;
    build_on(config, pack, demo, Arc::new(store), Engine::start).await
}

/// Refuses carriers that cannot work, before anything is opened or made.
pub(crate) fn check(config: &Config, pack: &Pack) -> anyhow::Result<()> {
    for carrier in &config.carrier {
        let (name, lines) = carrier.name_and_lines();
        if let Some(unknown) = lines.iter().find(|line| pack.agency.line(line).is_none()) {
            bail!("carrier {name}: the agency's pack has no line {unknown}");
        }
        if let config::Carrier::Twilio { .. } = carrier {
            twilio(config, carrier)?;
        }
    }
    Ok(())
}

/// The same over a store that is open already.
pub(crate) async fn build_on<F, R>(
    config: &Config,
    pack: Pack,
    demo: bool,
    store: Arc<dyn Store>,
    make: F,
) -> anyhow::Result<Built>
where
    F: FnOnce(Parts) -> R,
    R: Future<Output = Result<Engine, engine::EngineError>>,
{
    let handset_key = random_hex(24)?;
    let clock = Arc::new(SystemClock::ahead(config.clock_ahead_ms));
    let mut link = None;
    let mut carriers = Vec::new();
    for carrier in &config.carrier {
        carriers.push(make_carrier(config, carrier, &handset_key, &store, &mut link)?);
    }
    let kept = LocalOutbox::new(Arc::clone(&store), clock.clone());
    let mailer: Arc<dyn engine::ports::Mailer> = match &config.mail {
        Some(settings) => Arc::new(Smtp::new(settings, kept)?),
        None => Arc::new(kept),
    };
    let shipped = crate::pack::knowledge(config.pack.as_deref())?;
    let synonyms = crate::pack::synonyms(config.pack.as_deref())?;
    let lexicon = search::Lexicon::from_toml(&synonyms)
        .map_err(|e| anyhow::anyhow!("the pack's knowledge/synonyms.toml: {e}"))?;
    let finder: Arc<dyn engine::ports::Finder> = Arc::new(Folder::open(config.data.join("search"), lexicon));
    let transport = Arc::new(Outside::new(link.clone())?);
    let tasks: Arc<dyn engine::ports::Tasks> = match &config.tasks {
        Some(system) => Arc::new(TaskHandOff::new(system, Arc::clone(&transport) as _)?),
        None => Arc::new(engine::ports::NoTasks),
    };
    let parts = Parts {
        store,
        clock,
        ids: Arc::new(SystemIds),
        transport,
        mailer,
        tasks,
        public_url: config.public_url.clone(),
        carriers,
        pack,
        shipped,
        finder,
        demo,
    };
    let engine = make(parts).await.context("the engine could not be started")?;
    if let Some(link) = &link {
        link.attach(engine.clone());
    }
    Ok(Built { engine, handset_key, data: config.data.clone() })
}

fn make_carrier(
    config: &Config,
    carrier: &config::Carrier,
    handset_key: &str,
    store: &Arc<dyn Store>,
    link: &mut Option<HandsetLink>,
) -> anyhow::Result<Carrier> {
    let (name, lines) = carrier.name_and_lines();
    let codec: Box<dyn SmsCodec> = match carrier {
        config::Carrier::Twilio { .. } => Box::new(twilio(config, carrier)?),
        config::Carrier::Handset { .. } => {
            let codec = Handset::new("handset:deliver", handset_key);
            *link = Some(HandsetLink::new(codec.clone(), handset_key.to_owned(), Arc::clone(store)));
            Box::new(codec)
        }
    };
    Ok(Carrier { name: name.to_owned(), codec, lines: lines.to_vec() })
}

fn twilio(config: &Config, carrier: &config::Carrier) -> anyhow::Result<Twilio> {
    let config::Carrier::Twilio { account_sid, auth_token, other_token, api_base, .. } = carrier else {
        bail!("this carrier does not speak Twilio's protocol");
    };
    let settings = TwilioSettings {
        account_sid: account_sid.clone(),
        auth_token: auth_token.read().context("carrier twilio")?,
        other_token: other_token.as_ref().map(config::Secret::read).transpose().context("carrier twilio")?,
        api_base: api_base.clone().unwrap_or_else(|| API_BASE.to_owned()),
        status_callback: Some(format!("{}/hooks/sms/twilio/status", config.public_url)),
    };
    Twilio::new(settings).map_err(|e| anyhow::anyhow!("carrier twilio: {e}"))
}

/// Serves until the operator stops it. `ready` hears the address once the port is open.
pub(crate) async fn serve(
    built: Built,
    listen: SocketAddr,
    settings: web::Settings,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("the address {listen} cannot be used; another program may have it (choose another with --port or listen)")
    })?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let parcels = tokio::spawn(crate::inbox::watch(built.data, built.engine.clone(), stopped.clone()));
    let loops = tokio::spawn(engine::run::run(built.engine.clone(), stopped));
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder();
    let render = move || metrics.as_ref().map(|handle| handle.render()).unwrap_or_default();
    let app = web::App::new(built.engine, settings, render);
    let router = web::router(app.clone());
    // Before anybody hears that the program is there: whoever hears it may ask it to stop.
    let asked = asked_to_stop()?;
    ready(address);
    let open = door::open(listener, router, asked).await;
    app.stop();
    // A peer that never finishes must not keep the program from stopping; the store is safe at any moment.
    let _ = tokio::time::timeout(STOP_WAIT, open.shutdown()).await;
    stop.send_replace(true);
    loops.await?;
    parcels.await?;
    Ok(())
}

/// Listens for Ctrl+C and SIGTERM from now on, not only once it is waited for.
fn asked_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("Ctrl+C cannot be heard")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
