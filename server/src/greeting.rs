//! What a client says when it enters a namespace: its token, the contract it was built from, itself.

use std::fmt;

use serde::Deserialize;
use tautline::{Contract, FieldProblem, LibraryCode, Problem};

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

    /// Whether the client's contract fits the server's. A client that names none is a stock one.
    pub(crate) fn check_contract(&self, own: &Contract) -> Fit {
        match &self.contract {
            None => Fit::Unsaid,
            Some(claimed) if claimed.name != own.name => Fit::Foreign,
            Some(claimed) if claimed.hash == own.hash => Fit::Same,
            Some(_) => Fit::Other,
        }
    }
}

/// How a client's contract relates to the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The client did not say.
    Unsaid,
    /// The same wire.
    Same,
    /// The same contract at another time. Allowed, and logged.
    Other,
    /// Another contract.
    Foreign,
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
