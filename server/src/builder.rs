//! Puts a server together and says everything that is missing at once.

use std::fmt;
use std::sync::Arc;

use tautline::{Contract, Namespace, NamespaceFacts};

use crate::auth::Authenticator;
use crate::failpoint::Failpoints;
use crate::journal::{Journal, Memory};
use crate::jwt::Jwt;
use crate::limits::Limits;
use crate::mount::{Mount, MountedNamespace, Mounting};
use crate::observe::{Observer, Observers};
use crate::revocation::Revocations;
use crate::runtime::{Runtime, Told};
use crate::sentry::{Audit, Decision, Sentry};
use crate::server::Server;
use crate::settings::Settings;
use crate::term::TermLimits;
use crate::transport::{Transport, TransportParts};

/// A server that is not built yet. Made by [`Server::builder`].
#[must_use = "a builder does nothing before `build`"]
pub struct Builder {
    contract: &'static Contract,
    settings: Settings,
    authenticator: Option<Arc<dyn Authenticator>>,
    revocations: Revocations,
    journal: Arc<dyn Journal>,
    mounts: Vec<Pending>,
    observer: Option<Arc<dyn Observer>>,
    audit: Option<Audit>,
    pub(crate) failpoints: Failpoints,
}

struct Pending {
    facts: &'static NamespaceFacts,
    mount: Box<dyn FnOnce(&Mounting) -> MountedNamespace>,
}

impl Builder {
    pub(crate) fn new(contract: &'static Contract) -> Self {
        Self {
            contract,
            settings: Settings::default(),
            authenticator: None,
            revocations: Revocations::new(),
            journal: Arc::new(Memory::new()),
            mounts: Vec::new(),
            observer: None,
            audit: None,
            failpoints: Failpoints::default(),
        }
    }

    /// Recognises callers by JSON Web Tokens.
    pub fn jwt(self, keys: Jwt) -> Self {
        self.authenticator(keys)
    }

    /// Recognises callers in another way.
    pub fn authenticator(mut self, authenticator: impl Authenticator) -> Self {
        self.authenticator = Some(Arc::new(authenticator));
        self
    }

    /// Begins with this list besides what the journal has: tokens of it are not taken.
    pub fn revocations(mut self, revocations: Revocations) -> Self {
        self.revocations = revocations;
        self
    }

    /// Takes other settings than the defaults.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Keeps events and answers in this journal. Without it: in [`Memory`], gone with the process.
    pub fn journal(mut self, journal: impl Journal) -> Self {
        self.journal = Arc::new(journal);
        self
    }

    /// Tells this observer what happens.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Hears of each warning, each disconnect and each ban, and why. Called where it is decided: it
    /// must not wait.
    pub fn audit(mut self, hear: impl Fn(&Decision) + Send + Sync + 'static) -> Self {
        self.audit = Some(Arc::new(hear));
        self
    }

    /// Serves the namespace `N` with `service`.
    pub fn namespace<N: Namespace>(mut self, service: impl Mount<N>) -> Self {
        let mount = Box::new(move |runtime: &Mounting| service.mount(runtime));
        self.mounts.push(Pending { facts: N::FACTS, mount });
        self
    }

    /// Builds the server. Needs a tokio runtime around it.
    ///
    /// # Errors
    /// Everything that is missing or does not fit, in one message.
    pub fn build(self) -> Result<Server, BuildError> {
        let mistakes = self.mistakes();
        if !mistakes.is_empty() {
            return Err(BuildError { mistakes });
        }
        let told = Told {
            event_bytes: u32::try_from(self.settings.event_bytes).unwrap_or(u32::MAX),
            frame_bytes: u32::try_from(self.settings.frame_bytes).unwrap_or(u32::MAX),
            stream_bytes: self.settings.stream_bytes,
            heads_interval: self.settings.heads_interval,
            term: TermLimits {
                notice: self.settings.token_notice,
                grace: self.settings.token_grace,
            },
            journal_patience: self.settings.journal_patience,
            retry_after_ms: u32::try_from(self.settings.retry_after.as_millis())
                .unwrap_or(u32::MAX),
        };
        let Limits { suspicion, allowed_users, .. } = &self.settings.limits;
        let sentry = Sentry::new(suspicion.clone(), allowed_users.clone(), self.audit);
        let runtime = Runtime::start(
            self.contract,
            self.journal,
            told,
            &self.settings.limits,
            Arc::clone(&sentry),
            (Observers(self.observer), self.failpoints, self.revocations.clone()),
        )
        .map_err(|error| BuildError { mistakes: vec![error.to_string()] })?;
        let mounting = Mounting(Arc::clone(&runtime));
        let inboxes = self.mounts.into_iter().map(|pending| (pending.mount)(&mounting).0).collect();
        let transport = Transport::new(TransportParts {
            contract: self.contract,
            settings: self.settings,
            authenticator: self.authenticator,
            revocations: self.revocations,
            clock: runtime.clock,
            secret: runtime.journal.secret(),
            sentry,
            inboxes,
        });
        // The runtime is new: nobody has set it before.
        let _first = runtime.gate.set(transport.gate().clone());
        Ok(Server::new(runtime, transport))
    }

    fn mistakes(&self) -> Vec<String> {
        let authenticator = self.authenticator.as_deref();
        let mut mistakes = Transport::mistakes(self.contract, &self.settings, authenticator);
        if tokio::runtime::Handle::try_current().is_err() {
            mistakes.push("there is no tokio runtime: build the server inside of one".to_owned());
        }
        mistakes.extend(self.settings.limits.unaffordable(self.contract));
        let mounted = |facts: &NamespaceFacts| {
            self.mounts.iter().filter(|pending| pending.facts.path == facts.path).count()
        };
        for facts in self.contract.namespaces {
            let (name, path) = (facts.name, facts.path);
            match mounted(facts) {
                0 => mistakes.push(format!(
                    "the namespace `{name}` of `{path}` is not mounted: add `.namespace::<{name}>(service)`"
                )),
                1 => {}
                times => mistakes.push(format!(
                    "the namespace `{name}` of `{path}` is mounted {times} times: mount it once"
                )),
            }
        }
        for Pending { facts, .. } in &self.mounts {
            let is_of_contract = |other: &&NamespaceFacts| other.path == facts.path;
            if !self.contract.namespaces.iter().any(is_of_contract) {
                let (name, contract) = (facts.name, self.contract.name);
                mistakes.push(format!(
                    "the namespace `{name}` is not one of the contract `{contract}`: list it in `contract!`"
                ));
            }
        }
        mistakes
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("contract", &self.contract.name).finish_non_exhaustive()
    }
}

/// Why a server could not be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server cannot be built:\n- {}", mistakes.join("\n- "))]
pub struct BuildError {
    /// Everything that is missing or does not fit.
    pub mistakes: Vec<String>,
}
