//! What a client says when it enters a namespace: its token, the contract it was built from, itself.

use std::fmt;

use serde::Deserialize;
use tautline::{FieldProblem, LibraryCode, Problem};

use crate::versions::ContractFit;

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

/// What is kept of a greeting for as long as the client is there, for those who ask who it is.
#[derive(Debug)]
pub(crate) struct Said {
    /// The runtime's name and version.
    pub(crate) client: Option<String>,
    pub(crate) contract_version: Option<String>,
    /// Whether the contract is the server's.
    pub(crate) fit: ContractFit,
}

/// So many characters are kept of a name: a client chooses its own, and there are many clients.
const LONGEST_NAME: usize = 64;

impl Said {
    pub(crate) fn of(greeting: &Greeting, fit: ContractFit) -> Self {
        let short = |name: &str| name.chars().take(LONGEST_NAME).collect::<String>();
        let client = greeting.client.as_ref();
        Self {
            client: client.map(|client| {
                let name = format!("{} {}", short(&client.name), short(&client.version));
                name.trim_end().to_owned()
            }),
            contract_version: greeting.contract.as_ref().map(|claimed| short(&claimed.version)),
            fit,
        }
    }
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
    use serde_json::json;

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
    fn of_a_long_name_the_beginning_is_kept() {
        let auth = json!({ "client": { "name": "ä".repeat(60_000) } }).to_string();
        let greeting = Greeting::read(Some(&auth)).unwrap();

        let said = Said::of(&greeting, ContractFit::Unsaid);

        assert_eq!(said.client, Some("ä".repeat(64)));
    }

    #[test]
    fn a_token_is_not_printed() {
        let greeting = Greeting::read(Some(r#"{"token":"s3cret"}"#)).unwrap();

        assert!(!format!("{greeting:?}").contains("s3cret"));
    }
}
