//! The keys of a URL: cached, asked for once at a time, and looked for again when they rotate.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use chrono::TimeDelta;
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::*;

/// The public half of the key of RFC 8410, as a key set has it.
const X: &str = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";

/// What a provider publishes, and how often it was asked.
#[derive(Default)]
struct Published {
    names: Mutex<Vec<&'static str>>,
    asked: AtomicUsize,
}

impl Published {
    fn set(&self, names: &[&'static str]) {
        *self.names.lock().unwrap() = names.to_vec();
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A provider on this machine. It ends with the test.
struct Provider {
    published: Arc<Published>,
    jwt: Jwt,
    task: AbortHandle,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn provider(names: &[&'static str]) -> Provider {
    let published = Arc::new(Published::default());
    published.set(names);
    let app = Router::new().route("/keys", get(keys)).with_state(Arc::clone(&published));
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let jwt = Jwt::jwks_url(format!("http://{}/keys", tcp.local_addr().unwrap()));
    let task = tokio::spawn(async move { axum::serve(tcp, app).await.unwrap() }).abort_handle();
    Provider { published, jwt, task }
}

async fn keys(State(published): State<Arc<Published>>) -> axum::Json<Value> {
    published.asked.fetch_add(1, Ordering::SeqCst);
    let names = published.names.lock().unwrap().clone();
    let key = |name: &&str| json!({ "kty": "OKP", "crv": "Ed25519", "x": X, "kid": name });
    axum::Json(json!({ "keys": names.iter().map(key).collect::<Vec<_>>() }))
}

fn signed(name: &str) -> String {
    let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).unwrap();
    let header = Header { kid: Some(name.to_owned()), ..Header::new(Algorithm::EdDSA) };
    token(&key, &header, json!({}))
}

#[tokio::test]
async fn the_document_is_fetched_once_for_everybody_and_kept() {
    let provider = provider(&["one"]).await;
    let (now, token) = (Utc::now(), signed("one"));

    let all = join_all((0..20).map(|_| provider.jwt.verify(&token, now))).await;
    let later = provider.jwt.verify(&token, now + TimeDelta::minutes(9)).await;

    assert!(all.iter().chain([&later]).all(Result::is_ok), "{later:?}");
    assert_eq!(provider.published.asked(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_when_a_token_names_it_and_invented_names_are_no_flood() {
    let provider = provider(&["one"]).await;
    let now = Utc::now();
    provider.jwt.verify(&signed("one"), now).await.unwrap();
    provider.published.set(&["one", "two"]);

    let rotated = provider.jwt.verify(&signed("two"), now + TimeDelta::seconds(11)).await;
    for _ in 0..50 {
        let invented = provider.jwt.verify(&signed("x"), now + TimeDelta::seconds(12)).await;
        assert!(is_invalid(&invented));
    }

    assert_eq!(rotated.unwrap().subject, "ada");
    assert_eq!(provider.published.asked(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_counts_for_ten_minutes_at_most() {
    let provider = provider(&["one", "two"]).await;
    let now = Utc::now();
    provider.jwt.verify(&signed("one"), now).await.unwrap();

    provider.published.set(&["two"]);

    assert!(is_invalid(&provider.jwt.verify(&signed("one"), now + TimeDelta::minutes(11)).await));
    assert!(provider.jwt.verify(&signed("two"), now + TimeDelta::minutes(11)).await.is_ok());
}

#[tokio::test]
async fn without_an_answer_nobody_is_recognised_and_it_is_the_servers_fault() {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", tcp.local_addr().unwrap());
    drop(tcp);

    let refused = Jwt::jwks_url(url).verify(&signed("one"), Utc::now()).await;

    assert!(matches!(refused, Err(AuthError::Failed(_))), "{refused:?}");
}

#[test]
fn an_address_that_could_be_anybodys_is_a_mistake() {
    assert_eq!(Jwt::jwks_url("http://id.example.com/keys").mistakes().len(), 1);
    assert!(Jwt::jwks_url("https://id.example.com/keys").mistakes().is_empty());
    assert_eq!(Jwt::jwks_file("/nowhere/keys.json").mistakes().len(), 1);
}
