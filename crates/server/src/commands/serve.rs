//! `hearthline serve`: production.

use std::path::Path;

use crate::config::Config;
use crate::drivers::random_hex;
use crate::{pack, say, wire};

pub(crate) async fn run(config: &Path) -> anyhow::Result<()> {
    let config = Config::read(config)?;
    let pack = pack::load(config.pack.as_deref())?;
    let built = wire::build(&config, pack, false).await?;
    let first_start_code =
        if built.engine.accounts().await?.is_empty() { Some(random_hex(8)?) } else { None };
    let settings = web::Settings {
        public_url: config.public_url.clone(),
        demo: false,
        first_start_code: first_start_code.clone(),
        session_idle_minutes: config.session_idle_minutes,
        session_absolute_minutes: config.session_absolute_minutes,
        behind_proxy: config.behind_proxy,
        handset_key: built.handset_key.clone(),
        ..web::Settings::default()
    };
    let public_url = config.public_url.clone();
    wire::serve(built, config.listen, settings, |address| {
        say(format_args!("listening on http://{address}"));
        if let Some(code) = first_start_code {
            say(format_args!("No account exists yet. Open {public_url}/first-start and use the code {code}"));
        }
    })
    .await
}
