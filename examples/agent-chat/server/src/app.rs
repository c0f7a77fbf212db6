//! Puts the application together: the store, the service on it, sign-in, statistics and the page.

use anyhow::Context as _;
use axum::Router;
use jsonwebtoken::EncodingKey;
use tautline::Uuid;
use tautline_agent_chat::{Agents, Chat, Tasks};
use tautline_server::{AllowedOrigins, Jwt, Server, Settings};
use tower_http::services::{ServeDir, ServeFile};

use crate::config::Config;
use crate::seed::seed;
use crate::service::Service;
use crate::sign_in::{self, SignIn};
use crate::stats::{self, Stats};
use crate::store::{Db, Store};

/// The application, ready to be served.
#[derive(Debug)]
pub struct App {
    /// The Socket.IO server.
    pub server: Server,
    /// Everything beside it.
    pub routes: Router,
}

impl App {
    /// Opens the store and builds the server on it. Needs a tokio runtime around it.
    ///
    /// # Errors
    /// When the file cannot be opened, or a setting does not fit.
    pub fn start(config: &Config) -> anyhow::Result<Self> {
        let is_seeded = config.seed;
        let first = move |db: Db<'_>| if is_seeded { seed(db) } else { Ok(()) };
        let store = Store::open(&config.journal, first)
            .with_context(|| format!("cannot keep anything in {}", config.journal.display()))?;
        let secret = config.secret.clone().unwrap_or_else(|| {
            tracing::info!("no TAUTLINE_SECRET: tokens end with this process");
            format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
        });
        let stats = Stats::new()?;
        let service = Service::new(store.clone());
        let server = Server::builder(tautline_agent_chat::contract())
            .settings(Settings {
                allowed_origins: AllowedOrigins::List(config.origins.clone()),
                ..Settings::default()
            })
            .jwt(Jwt::hs256(&secret))
            .journal(store.journal())
            .observer(stats.clone())
            .namespace::<Chat>(service.clone())
            .namespace::<Agents>(service.clone())
            .namespace::<Tasks>(service)
            .build()?;
        let key = EncodingKey::from_secret(secret.as_bytes());
        let sign_in = SignIn { key, lifetime: config.token_lifetime, store: store.clone() };
        let mut routes =
            Router::new().merge(sign_in::router(sign_in)).merge(stats::router(&server, stats));
        if let Some(web) = &config.web {
            // Whatever the page shows under an address of its own is the page.
            let page = ServeDir::new(web).fallback(ServeFile::new(web.join("index.html")));
            routes = routes.fallback_service(page);
        }
        Ok(Self { server, routes })
    }
}
