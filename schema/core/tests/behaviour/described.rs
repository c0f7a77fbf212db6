//! What codegen reads of the types: TypeScript and JSON Schema say what serde does.

use serde_json::{Value, json};
use tautline::{
    Describable, TypeRef, Wire,
    private::{schemars::SchemaGenerator, ts_rs::Config},
};

use crate::chat::{
    Change, ChatError, Cursor, Decision, Everything, MessageId, NewMessage, Part, State, Step,
};

/// The declaration of a type, and those of the types that it mentions.
fn declarations<T: Wire>() -> Vec<String> {
    let mut found = Vec::new();
    TypeRef::of::<T>().ts_declarations(&Config::default(), &mut found);
    found.into_iter().map(|one| one.declaration).collect()
}

fn declaration<T: Wire>() -> String {
    declarations::<T>().swap_remove(0)
}

/// The type's own schema, with references to others.
fn schema<T: Describable>() -> Value {
    let mut generator = SchemaGenerator::default();
    T::json_schema(&mut generator).into()
}

#[test]
fn optional_fields_are_optional_in_typescript() {
    assert_eq!(
        declaration::<Change>(),
        "type Change = { title?: string | null, parts?: Array<Part> | null, type?: string | null, };"
    );
    assert_eq!(declaration::<Cursor>(), "type Cursor = { line: number, tilt?: number | null, };");
}

#[test]
fn a_type_brings_the_types_that_it_mentions() {
    let mut names: Vec<String> = declarations::<Everything>()
        .iter()
        .map(|one| one.split(' ').nth(1).unwrap_or_default().to_owned())
        .collect();

    // ts-rs keeps what a type mentions in a set, whose order is another one in each build.
    assert_eq!(names.remove(0), "Everything");
    names.sort();
    assert_eq!(names, ["Message", "MessageId", "State", "Step"]);
}

#[test]
fn enums_are_unions() {
    assert_eq!(declaration::<Decision>(), r#"type Decision = "once" | "never_again";"#);
    assert_eq!(
        declaration::<Part>(),
        r#"type Part = { "type": "text", sessionId: SessionId, body: string, } | { "type": "image", sessionId: SessionId, altText?: string | null, bytes: ArrayBuffer | Uint8Array, };"#
    );
}

#[test]
fn open_enums_have_a_typed_rest() {
    assert_eq!(declaration::<State>(), r#"type State = "in_progress" | "done" | (string & {});"#);
    assert_eq!(
        declaration::<Step>(),
        r#"type Step = { "type": "started" } | { "type": "moved", bySteps: number, note?: string | null, } | ({ type: string & {} } & Record<string, unknown>);"#
    );
}

#[test]
fn a_refusal_is_told_by_its_code() {
    let declaration = <ChatError as tautline::private::ts_rs::TS>::decl(&Config::default());

    assert_eq!(
        declaration,
        r#"type ChatError = { "code": "chat.session_not_found", "params": { sessionId: SessionId, } } | { "code": "chat.agent_busy", "params": { agent: string, retryAfterMs: number, } } | { "code": "chat.too_fast" };"#
    );
    assert!(schema::<ChatError>().to_string().contains(r#""const":"chat.agent_busy""#));
}

#[test]
fn documentation_cannot_end_a_comment() {
    let text = declaration::<NewMessage>();

    assert!(text.contains(r"What is said. Ends no comment: *\/"), "{text}");
}

#[test]
fn rules_are_part_of_the_schema() {
    let text = &schema::<NewMessage>()["properties"]["text"];
    let id = schema::<MessageId>();
    let cursor = &schema::<Cursor>()["properties"];

    assert_eq!((&text["minLength"], &text["maxLength"]), (&json!(1), &json!(8000)));
    assert_eq!((&id["maxLength"], &id["pattern"]), (&json!(20), &json!(r"^m-\d+$")));
    assert_eq!((&cursor["line"]["minimum"], &cursor["line"]["maximum"]), (&json!(0), &json!(100)));
    assert_eq!(cursor["tilt"]["minimum"], json!(-90.0));
    assert_eq!(schema::<Change>()["properties"]["parts"]["maxItems"], json!(2));
}

#[test]
fn an_open_enum_accepts_what_is_to_come() {
    assert_eq!(
        schema::<State>(),
        json!({
            "description": "A state, of which more may come.",
            "type": "string",
            "examples": ["in_progress", "done"]
        })
    );
    assert_eq!(
        schema::<Step>()["anyOf"][1],
        json!({
            "type": "object",
            "properties": { "type": { "type": "string" } },
            "required": ["type"]
        })
    );
}
