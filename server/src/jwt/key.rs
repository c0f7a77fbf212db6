//! One key and the one algorithm that it is for.

use std::fmt;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::de::DeserializeOwned;

/// A key that tokens may be signed with.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: Option<String>,
    key: DecodingKey,
    rules: Validation,
}

/// Whose tokens are taken, and for whom they are made.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) issuers: Vec<String>,
    pub(super) audiences: Vec<String>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithms", &self.rules.algorithms)
            .finish_non_exhaustive()
    }
}

impl Key {
    pub(super) fn new(algorithm: Algorithm, key: DecodingKey) -> Self {
        Self { id: None, key, rules: Validation::new(algorithm) }
    }

    /// A key of an identity provider's document.
    ///
    /// # Errors
    /// Why it is none that tokens are checked with.
    pub(super) fn of_jwk(jwk: &Jwk) -> Result<Self, &'static str> {
        let common = &jwk.common;
        if !matches!(common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return Err("it is not for signatures");
        }
        let algorithm = algorithm_of(jwk)?;
        let key = DecodingKey::from_jwk(jwk).map_err(|_| "its numbers make no key")?;
        Ok(Self { id: common.key_id.clone(), ..Self::new(algorithm, key) })
    }

    /// Writes the rules into the key, so that checking a token builds nothing.
    pub(super) fn apply(&mut self, of: &Rules) {
        let rules = &mut self.rules;
        // Times are compared with the server's clock, not with the library's.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        // A claim that is checked must be there: the library passes over absent ones.
        let mut required = vec!["exp", "sub"];
        if !of.issuers.is_empty() {
            rules.set_issuer(&of.issuers);
            required.push("iss");
        }
        if !of.audiences.is_empty() {
            rules.set_audience(&of.audiences);
            required.push("aud");
        }
        rules.set_required_spec_claims(&required);
    }

    /// Whether a token that names this key, or none, may be its work.
    pub(super) fn is_meant(&self, wanted: Option<&str>) -> bool {
        match (wanted, self.id.as_deref()) {
            (Some(wanted), Some(id)) => wanted == id,
            (None, _) | (_, None) => true,
        }
    }

    /// The claims of a token that this key has signed.
    pub(super) fn read<C: DeserializeOwned + Clone>(
        &self,
        token: &str,
    ) -> Result<C, jsonwebtoken::errors::Error> {
        decode::<C>(token, &self.key, &self.rules).map(|token| token.claims)
    }
}

/// What the document says, and what the kind of key allows. Never what a token says.
fn algorithm_of(jwk: &Jwk) -> Result<Algorithm, &'static str> {
    let said = jwk.common.key_algorithm;
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => match said {
            // Some providers leave it out, and sign with this.
            None | Some(KeyAlgorithm::RS256) => Ok(Algorithm::RS256),
            Some(KeyAlgorithm::RS384) => Ok(Algorithm::RS384),
            Some(KeyAlgorithm::RS512) => Ok(Algorithm::RS512),
            Some(KeyAlgorithm::PS256) => Ok(Algorithm::PS256),
            Some(KeyAlgorithm::PS384) => Ok(Algorithm::PS384),
            Some(KeyAlgorithm::PS512) => Ok(Algorithm::PS512),
            Some(_) => Err("its algorithm does not sign with RSA"),
        },
        AlgorithmParameters::EllipticCurve(curve) => match (&curve.curve, said) {
            (EllipticCurve::P256, None | Some(KeyAlgorithm::ES256)) => Ok(Algorithm::ES256),
            (EllipticCurve::P384, None | Some(KeyAlgorithm::ES384)) => Ok(Algorithm::ES384),
            (_, _) => Err("its curve is not P-256 or P-384, or does not fit its algorithm"),
        },
        AlgorithmParameters::OctetKeyPair(pair) => match (&pair.curve, said) {
            (EllipticCurve::Ed25519, None | Some(KeyAlgorithm::EdDSA)) => Ok(Algorithm::EdDSA),
            (_, _) => Err("its curve is not Ed25519"),
        },
        // Whoever can read the document could sign with it.
        AlgorithmParameters::OctetKey(_) => Err("a secret has no place in a public document"),
    }
}
