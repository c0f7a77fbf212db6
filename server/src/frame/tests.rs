//! What a frame says, and what is said of one that does not fit.

use tautline::{contract_error, namespace, payload};

use super::*;

/// Something with parts.
#[payload]
pub struct Order {
    pub items: Vec<Item>,
}

/// A part.
#[payload]
pub struct Item {
    pub title: String,
    pub count: u8,
}

/// Never.
#[contract_error]
pub enum ShopError {
    /// Never.
    #[problem(category = conflict, message = "No.", hint = "No.")]
    No,
}

/// A shop.
#[namespace("/shop", client = ShopClient)]
pub trait ShopServer {
    /// Orders.
    #[event(max_bytes = "1KiB")]
    async fn order(order: Order) -> Result<(), ShopError>;

    /// Looks.
    #[event]
    async fn look() -> Result<(), ShopError>;
}

/// Says nothing.
#[namespace("/shop", side = client)]
pub trait ShopClient {
    /// Is open.
    #[event]
    fn opened();
}

fn facts() -> &'static NamespaceFacts {
    <Shop as tautline::Namespace>::FACTS
}

fn read_shop(args: &str) -> Result<Incoming<'_, ShopCommand>, Box<Rejected<'_>>> {
    read(facts(), 65_536, args, &[])
}

fn refused(args: &str) -> Problem {
    *read_shop(args).expect_err("it does not fit").problem
}

/// The only field that is wrong: path and limit.
fn field(args: &str) -> (String, String) {
    let problem = refused(args);
    assert_eq!(problem.code, "invalid_payload");
    let [field] = &problem.fields[..] else { panic!("not one field: {:?}", problem.fields) };
    assert_eq!(field.rule, "type");
    (field.path.clone(), field.limit.clone().unwrap_or_default())
}

#[test]
fn a_command_comes_with_its_meta_and_surplus_arguments_are_passed_over() {
    let id = "00000000-0000-0000-0000-000000000001";
    let args = format!(
        r#"["order",{{"items":[{{"title":"a","count":1}}]}},{{"id":"{id}","new":1}},"surplus",7]"#
    );

    let Ok(Incoming::Command { index: 0, command: ShopCommand::Order(order), meta }) =
        read_shop(&args)
    else {
        panic!("not understood")
    };

    assert_eq!(order.items[0].title, "a");
    assert_eq!(meta.id.unwrap().to_string(), id);
}

#[test]
fn an_absent_payload_is_an_empty_object() {
    assert!(matches!(read_shop(r#"["look"]"#), Ok(Incoming::Command { index: 1, .. })));
    assert!(matches!(read_shop(r#"["look",{}]"#), Ok(Incoming::Command { index: 1, .. })));
    assert_eq!(field(r#"["order"]"#), ("items".to_owned(), "a value".to_owned()));
}

#[test]
fn what_does_not_fit_is_named_by_its_path() {
    let field = |payload: &str| field(&format!(r#"["order",{payload}]"#));

    assert_eq!(field(r#"{"items":[{"title":"a","count":"b"}]}"#).0, "items[0].count");
    assert_eq!(field(r#"{"items":[{"title":"a","count":"b"}]}"#).1, "u8");
    assert_eq!(field(r#"{"items":[{"title":"a","count":256}]}"#).1, "u8");
    assert_eq!(field(r#"{"items":[{"title":"a"}]}"#).0, "items[0].count");
    assert_eq!(field(r#"{"items":7}"#), ("items".to_owned(), "a sequence".to_owned()));
    assert_eq!(field("7").0, "");
}

#[test]
fn a_callers_own_words_are_not_repeated() {
    let (_, limit) = field(r#"["order",{"items":"s3cret expected nothing"}]"#);

    assert_eq!(limit, "a sequence");
}

#[test]
fn other_frames_have_other_codes() {
    assert_eq!(refused(r#"["unheard",{}]"#).code, "unknown_event");
    assert_eq!(refused("[]").code, "protocol_error");
    assert_eq!(refused("[7]").code, "protocol_error");
    assert_eq!(refused(r#"["look",{},{"id":"x"}]"#).code, "invalid_meta");
    let long = format!(r#"["order",{{"items":[{{"title":"{}","count":1}}]}}]"#, "x".repeat(1_000));
    assert_eq!(refused(&long).code, "payload_too_large");
}

#[test]
fn only_the_payload_counts_against_its_limit() {
    let long =
        format!(r#"["order",{{"items":[]}},{{"trace":"t","more":"{}"}}]"#, "x".repeat(2_000));

    assert!(matches!(read_shop(&long), Ok(Incoming::Command { index: 0, .. })));
}

#[test]
fn the_librarys_own_events_are_told_apart() {
    let Ok(Incoming::Control { name, payload, .. }) =
        read_shop(r#"["tautline:subscribe",{"room":"a"}]"#)
    else {
        panic!("not understood")
    };

    assert_eq!((name, payload), ("tautline:subscribe", r#"{"room":"a"}"#));
}
