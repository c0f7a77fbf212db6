//! How names of one world become names of another.

/// `send_message`, `chat:send` → `sendMessage`, `chatSend`; `ChatSession` → `chatSession`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = words(name).into_iter();
    let first = words.next().unwrap_or_default();
    words.fold(first, |name, word| name + &capital(&word))
}

/// `AgentTasks` → `agent-tasks`.
pub(crate) fn kebab_case(name: &str) -> String {
    words(name).join("-")
}

/// The words of a name, in lower case. A capital after a small letter begins one, and so does the
/// last capital of several when a small letter follows: `HTTPServer` is `http server`.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let after = characters.get(index + 1);
        let begins = character.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_case() {
        assert_eq!(camel_case("send_message"), "sendMessage");
        assert_eq!(camel_case("chat:send.2"), "chatSend2");
        assert_eq!(camel_case("ChatSession"), "chatSession");
        assert_eq!(kebab_case("AgentTasks"), "agent-tasks");
        assert_eq!(kebab_case("HTTPServer"), "http-server");
    }
}
