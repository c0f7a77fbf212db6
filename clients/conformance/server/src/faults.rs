//! `/faults`: fails as it is asked to.

use std::collections::HashMap;
use std::future::pending;
use std::io;
use std::sync::{Mutex, PoisonError};

use tautline::Answer;
use tautline_conformance::faults::{
    Caller, Constrained, Count, Counter, FaultError, Faults, FaultsServer, RefusalKind, Wanted,
    Weight,
};
use tautline_server::Context;

/// What must never reach a client.
const SECRET: &str = "the password of the database is hunter2";

/// Counts what has run.
#[derive(Default)]
pub(crate) struct FaultsService {
    counters: Mutex<HashMap<String, u32>>,
}

impl FaultsServer for FaultsService {
    type Context = Context<Faults>;

    async fn who_am_i(&self, cx: &Self::Context) -> Answer<Caller> {
        let identity = cx.identity();
        Ok(Caller {
            subject: identity.subject.clone(),
            guest: identity.guest,
            scopes: identity.scopes.clone(),
        })
    }

    async fn refuse(&self, _: &Self::Context, wanted: Wanted) -> Answer<(), FaultError> {
        refuse(&wanted)
    }

    async fn refuse_quietly(&self, _: &Self::Context, wanted: Wanted) -> Answer<(), FaultError> {
        refuse(&wanted)
    }

    async fn check(&self, _: &Self::Context, _: Constrained) -> Answer<()> {
        Ok(())
    }

    async fn weigh_small(&self, _: &Self::Context, _: Weight) -> Answer<()> {
        Ok(())
    }

    async fn weigh_large(&self, _: &Self::Context, _: Weight) -> Answer<()> {
        Ok(())
    }

    async fn members_only(&self, _: &Self::Context) -> Answer<()> {
        Ok(())
    }

    async fn admins_only(&self, _: &Self::Context) -> Answer<()> {
        Ok(())
    }

    async fn panic(&self, _: &Self::Context) -> Answer<()> {
        panic!("{SECRET}")
    }

    async fn hang(&self, _: &Self::Context) -> Answer<()> {
        pending().await
    }

    async fn count(&self, _: &Self::Context, counter: Counter) -> Answer<Count> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = counters.entry(counter.name).or_default();
        *runs += 1;
        Ok(Count { runs: *runs })
    }
}

fn refuse(wanted: &Wanted) -> Answer<(), FaultError> {
    Err(match wanted.refusal {
        RefusalKind::Missing => FaultError::Missing { thing: "key".to_owned(), number: 7 },
        RefusalKind::Busy => FaultError::Busy { retry_after_ms: 1_500 },
        RefusalKind::Later => FaultError::Later,
        RefusalKind::Broken => FaultError::Broken,
        RefusalKind::Undeclared => return Err(io::Error::other(SECRET))?,
    })?
}
