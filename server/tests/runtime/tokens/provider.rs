//! An identity provider: signs tokens, publishes its keys, and takes them back.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::time::Instant;

/// Keys for tests, of no use anywhere else.
const KEYS: [&str; 3] = [
    "-----BEGIN PRIVATE KEY-----\n\
     MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcrsOEo32PrkqNLoX\n\
     8ePMiAaVaJRIhTDdtiUZyyLVMpuhRANCAATZ+57IwVrECTpDmxDjFTCRQdBFUjqK\n\
     KqoqL6MXzHmaocWy5FxspjvWc7j9pyfM3CbOrQq+zTKU5O2FMuDXnFAs\n\
     -----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n\
     MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMzOWq4kQezhaDCmx\n\
     S67qvLDwPOba8PQSMWTMYBkbTRShRANCAAQ3fdvA01YzK8cStnfWu91ZE8pWbL36\n\
     j03yF2RdofTWf6l3zTyUQ0leqnBu/qlaLHumAuX6/zOkd4g6a2Ua1970\n\
     -----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n\
     MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZjKOuY0n35ZcAHrz\n\
     2vz5+fbDGo6LSemcSNfbgMsduMihRANCAAQwFPzznWsSn1D4DnfNq6tgd9wuCey1\n\
     h0cLjwcsIEz5KuXt9P5S54gxavRHzzUUvgL7WSzVGDI+syjdimUPDuLZ\n\
     -----END PRIVATE KEY-----\n",
];

/// A provider whose clock is that of the test.
pub(crate) struct Provider {
    began: Instant,
    wall: u64,
}

impl Provider {
    pub(crate) fn new() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        Self { began: Instant::now(), wall }
    }

    /// Unix time in seconds.
    pub(crate) fn now(&self) -> u64 {
        self.wall + self.began.elapsed().as_secs()
    }

    /// A token of this key that is good for so many seconds, with these claims beside its own.
    pub(crate) fn sign(&self, key: usize, seconds: u64, claims: Value) -> String {
        let mut all = json!({ "sub": "ann", "iat": self.now(), "exp": self.now() + seconds });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let header = Header { kid: Some(name(key)), ..Header::new(Algorithm::ES256) };
        encode(&header, &all, &secret(key)).unwrap()
    }

    /// A forgery: made as if the public key were the secret of HS256.
    pub(crate) fn forge(&self, key: usize) -> String {
        let public = document(&[key])["keys"][0].to_string();
        let header = Header { kid: Some(name(key)), ..Header::new(Algorithm::HS256) };
        let claims = json!({ "sub": "ann", "exp": self.now() + 600 });
        encode(&header, &claims, &EncodingKey::from_secret(public.as_bytes())).unwrap()
    }
}

fn name(key: usize) -> String {
    format!("key-{key}")
}

fn secret(key: usize) -> EncodingKey {
    EncodingKey::from_ec_pem(KEYS[key].as_bytes()).unwrap()
}

/// What it publishes: these keys, one for encryption, a secret that does not belong there, and one of a
/// kind that nobody knows yet.
pub(crate) fn document(keys: &[usize]) -> Value {
    let mut all: Vec<Value> = keys
        .iter()
        .map(|&key| {
            let mut jwk = Jwk::from_encoding_key(&secret(key), Algorithm::ES256).unwrap();
            jwk.common.key_id = Some(name(key));
            serde_json::to_value(jwk).unwrap()
        })
        .collect();
    let mut sealing = all[0].clone();
    sealing["use"] = "enc".into();
    sealing["kid"] = "sealing".into();
    all.push(sealing);
    all.push(json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "secret", "alg": "HS256" }));
    all.push(json!({ "kty": "lattice", "kid": "future" }));
    json!({ "keys": all })
}
