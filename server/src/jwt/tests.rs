//! Tokens that are good, and all the ways in which they are not.

#[cfg(feature = "jwks-url")]
mod url;

use futures_util::FutureExt;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

use super::*;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
    -----END PUBLIC KEY-----\n";
/// The example key of RFC 8410, section 10.3.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
    -----END PRIVATE KEY-----\n";

/// A token for Ada that is good until 2100, with these claims changed.
fn token(key: &EncodingKey, header: &Header, claims: Value) -> String {
    let mut all = json!({ "sub": "ada", "exp": 4_102_444_800_u64 });
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    encode(header, &all, key).unwrap()
}

fn hs256(claims: Value) -> String {
    token(&EncodingKey::from_secret(SECRET), &Header::default(), claims)
}

fn ed25519(claims: Value) -> String {
    let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).unwrap();
    token(&key, &Header::new(Algorithm::EdDSA), claims)
}

/// What a key that is at hand says of a token now.
trait Checked {
    fn checked(&self, token: &str) -> Result<Identity, AuthError>;
}

impl Checked for Jwt {
    fn checked(&self, token: &str) -> Result<Identity, AuthError> {
        self.verify(token, Utc::now()).now_or_never().unwrap()
    }
}

fn is_invalid(answer: &Result<Identity, AuthError>) -> bool {
    matches!(answer, Err(AuthError::Invalid(_)))
}

#[test]
fn both_kinds_of_keys_work() {
    assert_eq!(Jwt::hs256(SECRET).checked(&hs256(json!({}))).unwrap().subject, "ada");
    assert_eq!(Jwt::ed25519(PUBLIC).checked(&ed25519(json!({}))).unwrap().subject, "ada");
}

#[test]
fn the_key_says_the_algorithm_and_not_the_token() {
    // The classic forgery: the public key, which everybody knows, as the secret of HS256.
    let forged =
        |secret: &[u8]| token(&EncodingKey::from_secret(secret), &Header::default(), json!({}));
    let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJleHAiOjQxMDI0NDQ4MDB9.";

    let jwt = Jwt::ed25519(PUBLIC);

    assert!(is_invalid(&jwt.checked(&forged(PUBLIC.as_bytes()))));
    assert!(is_invalid(&jwt.checked(none)));
    assert!(is_invalid(&Jwt::hs256(SECRET).checked(none)));
    assert!(is_invalid(&Jwt::hs256(SECRET).checked(&ed25519(json!({})))));
}

#[test]
fn issuer_and_audience_must_be_there_where_they_are_asked_for() {
    let jwt = Jwt::hs256(SECRET).issuer("https://id.example.com").audience("chat");
    let good = json!({ "iss": "https://id.example.com", "aud": ["chat", "mail"] });

    assert!(jwt.checked(&hs256(good)).is_ok());
    assert!(is_invalid(&jwt.checked(&hs256(json!({})))));
    assert!(is_invalid(&jwt.checked(&hs256(json!({ "iss": "https://id.example.com" })))));
    assert!(is_invalid(&jwt.checked(&hs256(json!({ "iss": "evil", "aud": "chat" })))));
    assert!(is_invalid(&Jwt::hs256(SECRET).checked(&hs256(json!({ "aud": "mail" })))));
}

#[test]
fn a_token_must_end_and_must_have_begun() {
    let now = chrono::Utc::now().timestamp();
    let jwt = Jwt::hs256(SECRET);

    assert!(is_invalid(&jwt.checked(&hs256(json!({ "exp": null })))));
    assert!(is_invalid(&jwt.checked(&hs256(json!({ "exp": "soon" })))));
    assert!(is_invalid(&jwt.checked(&hs256(json!({ "nbf": now + 60 })))));
    assert!(jwt.checked(&hs256(json!({ "nbf": now + 5, "exp": now - 5 }))).is_ok());
    let late = jwt.leeway(Duration::ZERO).checked(&hs256(json!({ "exp": now - 5 })));
    assert!(matches!(late, Err(AuthError::Expired)), "{late:?}");
}

#[test]
fn a_key_is_found_by_its_name() {
    let old = EncodingKey::from_secret(b"an older secret of thirty-two bytes");
    let header = Header { kid: Some("old".to_owned()), ..Header::default() };
    let unknown = Header { kid: Some("x".to_owned()), ..Header::default() };
    let jwt = Jwt::hs256(SECRET)
        .key_id("new")
        .and_hs256("an older secret of thirty-two bytes")
        .key_id("old");

    assert!(jwt.checked(&token(&old, &header, json!({}))).is_ok());
    assert!(jwt.checked(&token(&old, &Header::default(), json!({}))).is_ok());
    assert!(is_invalid(&jwt.checked(&token(&old, &unknown, json!({})))));
    let mislabelled = token(&EncodingKey::from_secret(SECRET), &header, json!({}));
    assert!(is_invalid(&jwt.checked(&mislabelled)));
}

#[test]
fn keys_and_tokens_are_not_printed() {
    let jwt = Jwt::hs256(SECRET);

    let printed = format!("{jwt:?} {:?}", jwt.checked("s3cret.s3cret.s3cret"));

    assert!(!printed.contains("s3cret") && !printed.contains("thirty-two"), "{printed}");
}

#[test]
fn weak_and_broken_keys_are_mistakes() {
    let jwt = Jwt::hs256("short").and_ed25519("no key");

    assert_eq!(jwt.mistakes().len(), 2, "{:?}", jwt.mistakes());
}

#[test]
fn a_token_may_be_a_cookie_and_what_is_shown_by_hand_comes_first() {
    let now = Utc::now();
    let (mine, other) = (hs256(json!({})), hs256(json!({ "sub": "ben" })));
    let mut headers = HeaderMap::new();
    headers.append(COOKIE, "theme=dark; other=1".parse().unwrap());
    headers.append(COOKIE, format!("session={mine}").parse().unwrap());
    let who = |jwt: &Jwt, token: Option<&str>| {
        let credentials = Credentials { token, headers: &headers, address: None, now };
        let identity = jwt.authenticate(credentials).now_or_never().unwrap();
        identity.map(|identity| identity.subject)
    };
    let jwt = Jwt::hs256(SECRET).cookie("session");

    assert_eq!(who(&jwt, None).unwrap(), "ada");
    assert_eq!(who(&jwt, Some(&other)).unwrap(), "ben");
    assert!(matches!(who(&Jwt::hs256(SECRET), None), Err(AuthError::Missing)));
    assert!(matches!(who(&Jwt::hs256(SECRET).cookie("sess"), None), Err(AuthError::Missing)));
}
