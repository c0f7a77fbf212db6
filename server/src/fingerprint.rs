//! Tells one command from another one under the same id.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use sha2::{Digest, Sha256};

/// The hash of a command: another one has another caller, another event or another payload,
/// attachments included. Independent of spaces and the order of fields, so that a client may store a
/// command as it likes.
pub(crate) fn command_hash(
    subject: &str,
    event: &str,
    payload: &str,
    attachments: &[Bytes],
) -> [u8; 32] {
    let mut text = Canonical(Vec::with_capacity(subject.len() + event.len() + 2 * payload.len()));
    text.string(subject);
    text.string(event);
    match serde_json::from_str::<Part<'_>>(payload) {
        Ok(part) => text.part(part, attachments),
        Err(_) => text.tagged(b'?', payload.as_bytes()),
    }
    Sha256::digest(&text.0).into()
}

/// A part of a payload, its strings still where they came.
enum Part<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    String(Cow<'a, str>),
    Array(Vec<Part<'a>>),
    Object(Vec<(Cow<'a, str>, Part<'a>)>),
}

/// A payload in the one way in which it is hashed: each part with its kind, and whatever has no fixed
/// length with its length, so that none runs into the next.
struct Canonical(Vec<u8>);

impl Canonical {
    fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.counted(tag, bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn counted(&mut self, tag: u8, count: u64) {
        self.0.push(tag);
        self.0.extend_from_slice(&count.to_be_bytes());
    }

    fn string(&mut self, string: &str) {
        self.tagged(b's', string.as_bytes());
    }

    fn part(&mut self, part: Part<'_>, attachments: &[Bytes]) {
        match part {
            Part::Null => self.0.push(b'0'),
            Part::Bool(is_true) => self.0.push(if is_true { b't' } else { b'f' }),
            Part::Unsigned(number) => self.counted(b'u', number),
            Part::Signed(number) => self.tagged(b'i', &number.to_be_bytes()),
            Part::Float(number) => self.tagged(b'd', &number.to_bits().to_be_bytes()),
            Part::String(string) => self.string(&string),
            Part::Array(items) => {
                self.counted(b'[', items.len() as u64);
                items.into_iter().for_each(|item| self.part(item, attachments));
            }
            Part::Object(mut fields) => {
                if let Some(bytes) = attachment(&fields, attachments) {
                    return self.tagged(b'b', bytes);
                }
                fields.sort_by(|(one, _), (other, _)| one.cmp(other));
                self.counted(b'{', fields.len() as u64);
                for (name, field) in fields {
                    self.string(&name);
                    self.part(field, attachments);
                }
            }
        }
    }
}

/// The bytes for which an object stands. Which number they travelled under is not a part of them.
fn attachment<'a>(
    fields: &[(Cow<'_, str>, Part<'_>)],
    attachments: &'a [Bytes],
) -> Option<&'a Bytes> {
    let field = |wanted| fields.iter().find(|(name, _)| name == wanted).map(|(_, field)| field);
    match (field("_placeholder")?, field("num")?) {
        (Part::Bool(true), Part::Unsigned(number)) => {
            attachments.get(usize::try_from(*number).ok()?)
        }
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Part<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Part::Null)
    }

    fn visit_bool<E>(self, is_true: bool) -> Result<Self::Value, E> {
        Ok(Part::Bool(is_true))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Part::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Part::Signed(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Part::Float(number))
    }

    fn visit_borrowed_str<E>(self, string: &'de str) -> Result<Self::Value, E> {
        Ok(Part::String(Cow::Borrowed(string)))
    }

    fn visit_str<E>(self, string: &str) -> Result<Self::Value, E> {
        Ok(Part::String(Cow::Owned(string.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Part::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::with_capacity(8);
        while let Some(Name(name)) = map.next_key()? {
            fields.push((name, map.next_value()?));
        }
        Ok(Part::Object(fields))
    }
}

/// The name of a field, where it came if it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(PartVisitor)? {
            Part::String(name) => Ok(Self(name)),
            _ => Err(serde::de::Error::custom("a name is a string")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            "[a-c\\\\\"é]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c\\\\\"]{0,2}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn hash(value: &Value) -> [u8; 32] {
        command_hash("ann", "e", &value.to_string(), &[])
    }

    proptest! {
        #[test]
        fn two_payloads_have_one_hash_if_and_only_if_they_are_equal(
            one in values(),
            other in values(),
        ) {
            prop_assert_eq!(hash(&one) == hash(&other), one == other);
        }

        #[test]
        fn spaces_and_the_order_of_fields_change_nothing(value in values(), more in values()) {
            let pretty = format!("{{ \"z\": {more:#},\n\"a\" : {value:#} }}");

            let of_pretty = command_hash("ann", "e", &pretty, &[]);

            prop_assert_eq!(of_pretty, hash(&json!({ "a": value, "z": more })));
        }
    }

    #[test]
    fn the_order_of_fields_is_no_other_command_and_the_event_and_the_caller_are() {
        let one = command_hash("ann", "e", r#"{"a":1,"b":{"c":2,"d":3}}"#, &[]);

        assert_eq!(one, command_hash("ann", "e", r#"{ "b": {"d":3,"c":2}, "a": 1 }"#, &[]));
        assert_ne!(one, command_hash("ann", "f", r#"{"a":1,"b":{"c":2,"d":3}}"#, &[]));
        assert_ne!(one, command_hash("ben", "e", r#"{"a":1,"b":{"c":2,"d":3}}"#, &[]));
        assert_ne!(one, command_hash("an", "ne", r#"{"a":1,"b":{"c":2,"d":3}}"#, &[]));
        assert_ne!(one, command_hash("ann", "e", r#"{"a":1,"b":{"c":2,"d":4}}"#, &[]));
    }

    #[test]
    fn other_bytes_are_another_command_and_another_order_of_the_same_is_not() {
        let (one, two) = (Bytes::from_static(b"one"), Bytes::from_static(b"two"));
        let bytes = |num: usize| format!(r#"{{"_placeholder":true,"num":{num}}}"#);
        let pages = |front: usize, back: usize| {
            format!(r#"{{"front":{},"back":{}}}"#, bytes(front), bytes(back))
        };
        let hash = |payload: String, attachments: &[Bytes]| {
            command_hash("ann", "e", &payload, attachments)
        };

        let both = hash(pages(0, 1), &[one.clone(), two.clone()]);

        assert_eq!(both, hash(pages(1, 0), &[two.clone(), one.clone()]));
        assert_ne!(both, hash(pages(1, 0), &[one.clone(), two.clone()]));
        assert_ne!(both, hash(pages(0, 1), &[one.clone(), one]));
        assert_ne!(both, hash(pages(0, 1), &[]));
    }
}
