//! What a client says when it enters a namespace: its token, the contract it was built from, itself.

use std::fmt;

use serde::Deserialize;
use tautline::{FieldProblem, LibraryCode, Problem};

/// The `auth` object of a CONNECT. Unknown keys are the application's affair.
#[derive(Default, Deserialize)]
pub(crate) struct Greeting {
    #[serde(default)]
    pub(crate) token: Option<String>,
    /// What a guest was given when it was here before.
    #[serde(default)]
    pub(crate) guest: Option<String>,
    #[serde(default)]
    pub(crate) contract: Option<Claimed>,
    #[serde(default)]
    pub(crate) client: Option<Software>,
}

/// The contract that the client knows.
#[derive(Debug, Deserialize)]
pub(crate) struct Claimed {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) hash: String,
}

/// The client's runtime.
#[derive(Debug, Deserialize)]
pub(crate) struct Software {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) version: String,
}

impl fmt::Debug for Greeting {
    /// Leaves out the token: it is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Greeting")
            .field("has_token", &self.token.is_some())
            .field("contract", &self.contract)
            .field("client", &self.client)
            .finish()
    }
}

impl Greeting {
    /// Reads it. A stock client that says nothing says `{}`.
    pub(crate) fn read(auth: Option<&str>) -> Result<Self, Box<Problem>> {
        let Some(auth) = auth else { return Ok(Self::default()) };
        serde_json::from_str(auth).map_err(|_| {
            // serde's words could quote the token: they go nowhere.
            let mut problem = LibraryCode::InvalidPayload.problem();
            problem.fields = vec![FieldProblem {
                path: "auth".to_owned(),
                rule: "type".to_owned(),
                limit: Some("{ token?, guest?, contract?, client? }".to_owned()),
            }];
            Box::new(problem)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_greeting() {
        assert!(Greeting::read(None).unwrap().token.is_none());
        assert!(Greeting::read(Some("{}")).unwrap().contract.is_none());
    }

    #[test]
    fn a_greeting_of_the_wrong_shape_is_refused_without_its_words() {
        let problem = Greeting::read(Some(r#"{"token":["s3cret"]}"#)).unwrap_err();

        assert_eq!(problem.code, "invalid_payload");
        assert!(!serde_json::to_string(&problem).unwrap().contains("s3cret"));
    }

    #[test]
    fn a_token_is_not_printed() {
        let greeting = Greeting::read(Some(r#"{"token":"s3cret"}"#)).unwrap();

        assert!(!format!("{greeting:?}").contains("s3cret"));
    }
}
