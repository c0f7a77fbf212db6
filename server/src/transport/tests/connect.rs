//! Who may enter, and what who may not is told.

use http::HeaderMap;
use serde_json::{Value, json};
use tautline::{Cause, RecoveryAction};

use super::*;
use crate::auth::{AuthError, Authentication, Authenticator, Credentials};
use crate::sentry::{Sentry, Suspicion};

async fn refused(contract: &'static Contract, auth: Value) -> tautline::Problem {
    let rig = Rig::with(contract, Settings::default());
    let client = rig.client().await;
    let problem = client.enter("/chat", &auth).await.unwrap_err();
    assert_eq!(rig.chat.entries(), []);
    *problem
}

#[tokio::test]
async fn a_good_token_says_who_it_is() {
    let rig = Rig::with(&CLOSED, Settings::default());
    let client = rig.client().await;

    let claims = json!({ "scope": "b a", "scopes": ["c", "a"], "team": 7, "iss": "somebody" });
    client.enter("/chat", &json!({ "token": token(claims) })).await.unwrap();

    let identity = identity(&rig.chat);
    assert_eq!(identity.subject, "ada");
    assert_eq!(identity.scopes, ["a", "b", "c"]);
    assert!(!identity.guest && identity.expires_at.is_some());
    assert_eq!(Value::Object(identity.claims), json!({ "team": 7 }));
}

#[tokio::test]
async fn no_token_is_refused_with_a_problem() {
    let problem = refused(&CLOSED, json!({})).await;

    assert_eq!(problem.code, "unauthenticated");
    assert_eq!(problem.recovery.action, RecoveryAction::Reauthenticate);
    assert_eq!(problem.trace_id.len(), 32);
}

#[tokio::test]
async fn a_bad_token_is_refused() {
    let foreign = jsonwebtoken::EncodingKey::from_secret(b"another secret of thirty-two bytes!");
    let claims = json!({ "sub": "ada", "exp": 4_102_444_800_u64 });
    let foreign = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &foreign);

    for bad in ["", "a.b.c", "s3cret", &foreign.unwrap(), &token(json!({ "sub": "" }))] {
        assert_eq!(refused(&CLOSED, json!({ "token": bad })).await.code, "token_invalid", "{bad}");
    }
}

#[tokio::test]
async fn an_expired_token_is_told_apart() {
    let over = chrono::Utc::now().timestamp() - 60;

    let problem = refused(&CLOSED, json!({ "token": token(json!({ "exp": over })) })).await;

    assert_eq!(problem.code, "token_expired");
}

#[tokio::test]
async fn a_guest_is_one_guest_in_all_namespaces() {
    let rig = Rig::with(&GUESTS, Settings::default());
    let client = rig.client().await;

    client.enter("/chat", &json!({})).await.unwrap();
    client.enter("/tasks", &json!({})).await.unwrap();

    let guest = identity(&rig.chat);
    assert!(guest.guest && guest.subject.starts_with("guest:"));
    assert_eq!(guest, identity(&rig.tasks));
    assert_eq!(rig.chat.link().id(), rig.tasks.link().id());
}

#[tokio::test]
async fn a_guest_that_comes_back_is_the_same_guest() {
    let rig = Rig::with(&GUESTS, Settings::default());
    let before = rig.client().await;
    before.enter("/chat", &json!({})).await.unwrap();
    let link = rig.chat.link();
    let credential = link.connection().guest_credential().unwrap();

    let after = rig.client().await;
    after.enter("/tasks", &json!({ "guest": credential })).await.unwrap();

    assert_eq!(identity(&rig.tasks), identity(&rig.chat));
    assert_ne!(rig.tasks.link().id(), link.id());
}

#[tokio::test]
async fn a_guest_with_a_bad_token_is_no_guest() {
    assert_eq!(refused(&GUESTS, json!({ "token": "bad" })).await.code, "token_invalid");
}

fn diary(hash: &str) -> Value {
    json!({ "contract": { "name": "diary", "version": "0.9.0", "hash": hash } })
}

#[tokio::test]
async fn another_contract_and_an_incompatible_state_of_it_are_refused() {
    let foreign = json!({ "contract": { "name": "shop", "version": "1.0.0", "hash": "abc" } });

    assert_eq!(refused(&OPEN, foreign).await.code, "upgrade_client");
    assert_eq!(refused(&OPEN, diary("oldest")).await.code, "upgrade_client");
}

#[tokio::test]
async fn the_same_contract_and_a_compatible_state_of_it_come_in_and_are_counted() {
    let rig = Rig::open();
    let client = rig.client().await;

    client.enter("/chat", &diary("abc")).await.unwrap();
    client.enter("/tasks", &diary("older")).await.unwrap();

    let counts = rig.transport.core.versions.counts();
    assert_eq!((counts.same, counts.compatible, counts.incompatible), (1, 1, 0));
}

#[tokio::test]
async fn clients_of_which_the_gate_says_nothing_are_for_the_settings_to_judge() {
    let strict = Settings {
        stock_clients: Admission::Refuse,
        unlisted_clients: Admission::Refuse,
        ..Settings::default()
    };
    let lenient = Settings {
        stock_clients: Admission::Admit,
        unlisted_clients: Admission::Admit,
        ..Settings::default()
    };
    for greeting in [diary("unheard of"), json!({})] {
        let client = Rig::with(&OPEN, strict.clone()).client().await;
        assert_eq!(client.enter("/chat", &greeting).await.unwrap_err().code, "upgrade_client");
        let client = Rig::with(&OPEN, lenient.clone()).client().await;
        client.enter("/chat", &greeting).await.unwrap();
    }
}

#[tokio::test]
async fn a_greeting_of_the_wrong_shape_is_refused() {
    assert_eq!(refused(&OPEN, json!({ "token": 5 })).await.code, "invalid_payload");
    assert_eq!(refused(&OPEN, json!([1])).await.code, "invalid_payload");
    let long = "x".repeat(70_000);
    assert_eq!(refused(&OPEN, json!({ "token": long })).await.code, "payload_too_large");
}

#[tokio::test]
async fn an_unknown_namespace_is_refused() {
    let client = Rig::open().client().await;

    let problem = client.enter("/nowhere", &json!({})).await.unwrap_err();

    assert_eq!(problem.code, "unknown_namespace");
}

#[tokio::test]
async fn whoever_tries_one_namespace_after_the_other_is_put_out_and_leaves_no_trace() {
    let rig = Rig::open();
    let client = rig.client().await;
    let before = rig.transport.core.io.nsps().len();

    let mut refusals = 0;
    for number in 0..100_000 {
        let path = if number == 0 { "/".to_owned() } else { format!("/nowhere/{number}") };
        match client.enter(&path, &json!({})).await {
            Err(problem) if problem.code == "unknown_namespace" => refusals += 1,
            Err(problem) => {
                assert_eq!(problem.code, "connection_closed");
                break;
            }
            Ok(_) => panic!("there is nothing at {path}"),
        }
    }

    assert!((10..100_000).contains(&refusals), "{refusals}");
    assert_eq!(rig.transport.core.io.nsps().len(), before);
    rig.enter().await;
}

/// Asks for a cookie, panics or never answers, as the token says.
struct Odd;

impl Authenticator for Odd {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> Authentication<'a> {
        let cookie = |headers: &HeaderMap| headers.get("cookie").is_some_and(|c| c == "id=7");
        match credentials.token {
            None if cookie(credentials.headers) => {
                let subject = "cookie".to_owned();
                let identity = Identity { subject, guest: false, ..Identity::new_guest() };
                Box::pin(async { Ok(identity) })
            }
            None => Box::pin(async { Err(AuthError::Missing) }),
            Some("panic") => panic!("with the token in it"),
            Some("fail") => Box::pin(async { Err(AuthError::Failed(Cause::new("db is down"))) }),
            Some(_) => Box::pin(std::future::pending()),
        }
    }
}

fn odd() -> Rig {
    let chat = Diary::new(&CHAT);
    let transport = Transport::new(TransportParts {
        sentry: Sentry::new(Suspicion::default(), Vec::new(), None),
        contract: &CLOSED,
        settings: Settings::default(),
        authenticator: Some(Arc::new(Odd)),
        revocations: Revocations::new(),
        clock: Clock::new(),
        secret: [7; 32],
        inboxes: vec![chat.clone()],
    });
    Rig { transport, chat, tasks: Diary::new(&TASKS) }
}

#[tokio::test(start_paused = true)]
async fn an_authenticator_that_fails_is_survived() {
    let rig = odd();
    let client = rig.client().await;

    for (token, code) in [("panic", "internal"), ("fail", "internal"), ("hang", "timed_out")] {
        let problem = client.enter("/chat", &json!({ "token": token })).await.unwrap_err();
        assert_eq!(problem.code, code);
        assert!(!format!("{problem:?}").contains("db is down"));
    }
}

#[tokio::test]
async fn an_authenticator_sees_the_cookies() {
    let rig = odd();
    let connect = crate::testing::Connect::default().header("cookie", "id=7");
    let client = connect.to(rig.transport.router()).await.unwrap();

    client.enter("/chat", &json!({})).await.unwrap();

    assert_eq!(identity(&rig.chat).subject, "cookie");
}

#[tokio::test(start_paused = true)]
async fn guessing_tokens_ends_the_connection() {
    let rig = Rig::with(&CLOSED, Settings::default());
    let client = rig.client().await;

    for _ in 0..10 {
        let problem = client.enter("/chat", &json!({ "token": "guess" })).await.unwrap_err();
        assert_eq!(problem.code, "token_invalid");
    }

    client.closed().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_enters_is_cut() {
    let client = Rig::open().client().await;
    let started = tokio::time::Instant::now();

    client.closed().await;

    assert_eq!(started.elapsed().as_secs(), 10);
}
