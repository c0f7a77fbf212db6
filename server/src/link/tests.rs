//! The order of `opened`, `received` and `closed`, whichever task is first.

use tautline::Source;

use super::*;
use crate::recorder::Recorder;

static FACTS: NamespaceFacts = NamespaceFacts {
    name: "Chat",
    path: "/chat",
    docs: "",
    commands: &[],
    events: &[],
    source: Source { file: file!(), line: line!() },
};

#[derive(Default)]
struct Listener {
    heard: Mutex<Vec<String>>,
    /// Delivers this while `opened` runs, as the reading task may.
    meanwhile: Option<fn(&Arc<Link>)>,
}

impl Listener {
    fn hear(&self, what: impl Into<String>) {
        self.heard.lock().unwrap().push(what.into());
    }
}

impl Inbox for Listener {
    fn facts(&self) -> &'static NamespaceFacts {
        &FACTS
    }

    fn opened(&self, link: &Arc<Link>) {
        if let Some(meanwhile) = self.meanwhile {
            meanwhile(link);
        }
        self.hear("opened");
    }

    fn received(&self, link: &Arc<Link>, args: &str, _: Vec<Bytes>, _: Option<i64>) {
        self.hear(args);
        if args == "panic" {
            panic!("asked to");
        }
        if args == "close" {
            link.close(DisconnectReason::Kicked);
        }
    }

    fn authorize_again(&self, _: &Arc<Link>) {}

    fn closed(&self, _link: &Arc<Link>, reason: DisconnectReason) {
        self.hear(reason.as_str());
    }

    fn drained(&self, _link: &Arc<Link>, _dirty: Vec<RoomName>) {}

    fn shutting_down(&self, _link: &Arc<Link>) {
        self.hear("shutting down");
    }
}

fn event(args: &'static str) -> Arrived {
    Arrived { args: args.into(), attachments: Vec::new(), ack: None }
}

/// What is heard when `run` happens to a link that is not open yet.
fn heard(meanwhile: Option<fn(&Arc<Link>)>, run: impl FnOnce(&Arc<Link>)) -> Vec<String> {
    let listener = Arc::new(Listener { meanwhile, ..Listener::default() });
    let inbox: Arc<dyn Inbox> = listener.clone();
    let (link, _recorder) = Recorder::link(&inbox, Identity::new_guest());
    run(&link);
    listener.heard.lock().unwrap().clone()
}

#[tokio::test]
async fn what_comes_before_the_link_is_open_waits_in_its_order() {
    let meanwhile = |link: &Arc<Link>| link.receive(event("2"));

    let heard = heard(Some(meanwhile), |link| {
        link.receive(event("1"));
        link.open();
        link.receive(event("3"));
    });

    assert_eq!(heard, ["opened", "1", "2", "3"]);
}

#[tokio::test]
async fn a_link_that_ends_while_it_opens_is_opened_and_closed() {
    let meanwhile = |link: &Arc<Link>| {
        link.receive(event("1"));
        link.finish(DisconnectReason::ConnectionLost);
        link.finish(DisconnectReason::HeartbeatTimeout);
    };

    let heard = heard(Some(meanwhile), |link| {
        link.open();
        link.receive(event("2"));
    });

    assert_eq!(heard, ["opened", "connection_lost"]);
}

#[tokio::test]
async fn a_link_is_closed_once_whoever_closes_it() {
    let heard = heard(None, |link| {
        link.open();
        link.receive(event("close"));
        link.finish(DisconnectReason::ClientLeft);
        link.shut_down();
        link.receive(event("too late"));
    });

    assert_eq!(heard, ["opened", "close", "kicked"]);
}

#[tokio::test]
async fn a_panic_stays_where_it_is() {
    let heard = heard(None, |link| {
        link.open();
        link.receive(event("panic"));
        link.receive(event("1"));
        link.shut_down();
    });

    assert_eq!(heard, ["opened", "panic", "1", "shutting down", "shutting_down"]);
}
