//! What the environment may say, and how it is told what is wrong with it.

use std::time::Duration;

use agent_chat_server::{Config, ConfigError};

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| Ok((*value).to_owned()))
    })
}

#[test]
fn nothing_said_is_the_demo_on_this_machine() {
    let config = read(&[("ORIGINS", "")]).unwrap();

    assert_eq!(config.address.to_string(), "127.0.0.1:4000");
    assert_eq!(config.journal.to_str(), Some("agent-chat.db"));
    assert_eq!(config.token_lifetime, Duration::from_secs(3600));
    assert_eq!((config.web, config.secret, config.seed), (None, None, false));
}

#[test]
fn what_is_said_counts() {
    let config = read(&[
        ("ADDRESS", "0.0.0.0:0"),
        ("TOKEN_MINUTES", "5"),
        ("ORIGINS", "http://localhost:5173, https://chat.example.com"),
        ("SEED", "1"),
    ])
    .unwrap();

    assert_eq!(config.address.port(), 0);
    assert_eq!(config.token_lifetime, Duration::from_secs(300));
    assert_eq!(config.origins, ["http://localhost:5173", "https://chat.example.com"]);
    assert!(config.seed);
}

#[test]
fn all_mistakes_come_in_one_message_and_no_secret_in_it() {
    let error = read(&[
        ("ADDRESS", "here"),
        ("WEB", "/nowhere"),
        ("TAUTLINE_SECRET", "too short"),
        ("TOKEN_MINUTES", "0"),
        ("SEED", "yes"),
        ("LOG", "tautline=loud"),
    ])
    .unwrap_err();

    let said = error.to_string();
    assert_eq!(error.mistakes.len(), 6, "{said}");
    for name in ["ADDRESS", "WEB", "TAUTLINE_SECRET", "TOKEN_MINUTES", "SEED", "LOG"] {
        assert!(said.contains(&format!("\n- {name}: ")), "{said}");
    }
    assert!(!said.contains("too short"), "{said}");
}

#[test]
fn a_secret_is_not_shown() {
    let config = read(&[("TAUTLINE_SECRET", "a secret that nobody shall ever see")]).unwrap();

    assert!(!format!("{config:?}").contains("nobody shall"));
}
