//! A server in this process, a connection for each input, and somebody else who must not notice.

use std::cell::RefCell;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use serde_json::Value;
use tautline::Problem;
use tautline_server::testing::{Connect, Fate, Wire};
use tautline_server::{Jwt, Limits, Server, Settings};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::contract::{Desks, Probe, Service, contract};

/// How long silence is no answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server catches panics, so that they do not end it: they are noticed all the same.
static HAS_PANICKED: AtomicBool = AtomicBool::new(false);

/// The server of this thread.
pub(crate) struct World {
    runtime: Runtime,
    server: Server,
    bystander: Wire,
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::new());
}

impl World {
    /// Does something with the server of this thread, and looks whether all is well after it.
    pub(crate) fn with<T>(run: impl FnOnce(&mut Self) -> T) -> T {
        WORLD.with_borrow_mut(|world| {
            let result = run(world);
            world.look_around();
            result
        })
    }

    fn new() -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                HAS_PANICKED.store(true, Ordering::Release);
                before(info);
            }));
        });
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (server, bystander) = runtime.block_on(async {
            let server = Server::builder(contract())
                .jwt(Jwt::hs256("a secret that no fuzzer knows, and long enough for the algorithm"))
                // One fuzzer is many strangers.
                .settings(Settings { limits: Limits::unlimited(), ..Settings::default() })
                .namespace::<Desks>(Service)
                .namespace::<Probe>(Service)
                .build()
                .unwrap();
            let mut bystander = open(&server).await;
            bystander.send("40/fuzz,{}");
            until(&mut bystander, "42/fuzz,[\"tautline:welcome\"").await.expect("a welcome");
            (server, bystander)
        });
        Self { runtime, server, bystander }
    }

    /// Sends these packets, and then looks whether the connection is read, or over.
    pub(crate) fn packets<'p>(&mut self, packets: impl Iterator<Item = &'p str>) {
        self.runtime.block_on(async {
            let mut wire = entered(&self.server).await;
            for packet in packets {
                wire.send(packet);
            }
            wire.send("40/probe,{}");
            let _over = until_any(&mut wire, &["40/probe,{", "44/probe,"]).await;
        });
    }

    /// Sends an event that wants an answer: it gets one, or the connection ends. Gives the answer.
    pub(crate) fn event(&mut self, array: &str) -> Option<Value> {
        self.runtime.block_on(async {
            let mut wire = entered(&self.server).await;
            wire.send(format!("42/fuzz,1{array}"));
            let answer = until(&mut wire, "43/fuzz,1").await?;
            let mut answer: Vec<Value> = serde_json::from_str(&answer).expect("an answer of JSON");
            let answer = answer.remove(0);
            if let Some(problem) = answer.get("error") {
                is_problem(problem);
            } else {
                assert!(answer.get("ok").is_some(), "neither an answer nor a problem: {answer}");
            }
            Some(answer)
        })
    }

    /// Connects with this `auth`. Whether it was let in.
    pub(crate) fn connect(&mut self, auth: &str) -> bool {
        self.runtime.block_on(async {
            let mut wire = open(&self.server).await;
            wire.send(format!("40/fuzz,{auth}"));
            let Some(verdict) = until_any(&mut wire, &["40/fuzz,", "44/fuzz,"]).await else {
                return false;
            };
            let verdict: Value = serde_json::from_str(&verdict).expect("a verdict of JSON");
            if verdict.get("sid").is_some() {
                return true;
            }
            let words = verdict["message"].as_str().expect("a refusal has words");
            is_problem(&serde_json::from_str(words).expect("words of JSON"));
            false
        })
    }

    /// Nobody panicked, and whoever did nothing is answered.
    fn look_around(&mut self) {
        let Self { runtime, bystander, .. } = self;
        runtime.block_on(async {
            bystander.send("42/fuzz,7[\"ping\",{}]");
            let answer = until(bystander, "43/fuzz,7").await;
            assert!(answer.is_some_and(|it| it.contains("\"ok\"")), "a bystander is not answered");
        });
        assert!(!HAS_PANICKED.load(Ordering::Acquire), "the server panicked");
    }
}

fn is_problem(value: &Value) {
    let problem: Problem = serde_json::from_value(value.clone()).expect("a problem");
    assert!(
        !problem.code.is_empty() && !problem.trace_id.is_empty(),
        "a problem of nothing: {value}"
    );
    // Of what never ran because nobody understood it, the server is sure.
    assert_ne!(problem.code, "internal", "a stranger made the server fail: {value}");
}

async fn open(server: &Server) -> Wire {
    let pass = Arc::new(|_, _: &str| Fate::Pass);
    Connect::default().wire(server.router(), pass).await.expect("a connection")
}

async fn entered(server: &Server) -> Wire {
    let mut wire = open(server).await;
    wire.send("40/fuzz,{}");
    until(&mut wire, "42/fuzz,[\"tautline:welcome\"").await.expect("a welcome");
    wire
}

async fn until(wire: &mut Wire, start: &str) -> Option<String> {
    until_any(wire, &[start]).await
}

/// What follows the first of these beginnings that comes; `None` when the connection is over.
async fn until_any(wire: &mut Wire, starts: &[&str]) -> Option<String> {
    loop {
        let next = timeout(PATIENCE, wire.next()).await;
        let packet = next.unwrap_or_else(|_| panic!("silence instead of {starts:?}"))?;
        if let Some(rest) = starts.iter().find_map(|start| packet.strip_prefix(start)) {
            // The beginning of an object belongs to what is read.
            let is_object = starts.iter().any(|start| start.ends_with('{'));
            return Some(if is_object { format!("{{{rest}") } else { rest.to_owned() });
        }
    }
}
