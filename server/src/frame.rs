//! Reads `[name, payload, meta?]`: decoded once, straight from the frame. Only a frame that does not
//! fit is read again, to say what is wrong and where.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::Deserializer;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tautline::{
    Command, Event, FieldProblem, LibraryCode, NamespaceFacts, Policy, Problem,
    decode_with_attachments,
};

use crate::meta::Meta;

/// What the library's own events start with.
const CONTROL: &str = "tautline:";

/// A frame that was understood.
#[derive(Debug)]
pub(crate) enum Incoming<'a, C> {
    /// One of the namespace's commands.
    Command {
        /// Its place in [`NamespaceFacts::commands`].
        index: usize,
        /// Its payload.
        command: C,
        /// What the client says about it.
        meta: Meta,
    },
    /// One of the library's own events; its payload is still text.
    Control {
        /// The name after the prefix.
        name: &'a str,
        /// The payload; `{}` if there was none.
        payload: &'a str,
        /// What the client says about it.
        meta: Meta,
    },
}

/// A frame that was not understood.
#[derive(Debug)]
pub(crate) struct Rejected<'a> {
    /// The event's name, as far as there is one.
    pub(crate) name: Cow<'a, str>,
    /// What the client said about it, as far as it could be read.
    pub(crate) meta: Meta,
    /// Why.
    pub(crate) problem: Box<Problem>,
}

/// Reads a frame. `event_bytes` is the limit of events that do not say.
pub(crate) fn read<'a, C: Command>(
    facts: &'static NamespaceFacts,
    event_bytes: u32,
    args: &'a str,
    attachments: &[Bytes],
) -> Result<Incoming<'a, C>, Box<Rejected<'a>>> {
    let attached: usize = attachments.iter().map(Bytes::len).sum();
    let quick = with_attachments(attachments, || {
        let mut json = serde_json::Deserializer::from_str(args);
        json.deserialize_seq(Quick::<C> { facts, command: PhantomData })
    });
    match quick {
        // The whole frame is smaller than the payload may be, as almost always.
        Ok(Some((index, command, meta)))
            if args.len() + attached <= limit(&facts.commands[index], event_bytes) =>
        {
            Ok(Incoming::Command { index, command, meta })
        }
        Ok(Some(_) | None) | Err(_) => explain(facts, event_bytes, args, attachments),
    }
}

/// The three arguments as text.
pub(crate) struct Arguments<'a> {
    name: Cow<'a, str>,
    payload: Option<&'a RawValue>,
    meta: Option<&'a RawValue>,
}

impl<'a> Arguments<'a> {
    /// Takes a frame apart without decoding its payload.
    pub(crate) fn split(args: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::Deserializer::from_str(args).deserialize_seq(Split)
    }

    /// The event's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What the client says about it, as far as it can be read.
    pub(crate) fn meta(&self) -> Meta {
        let meta = self.meta.map(|meta| serde_json::from_str::<Option<Meta>>(meta.get()));
        meta.and_then(Result::ok).flatten().unwrap_or_default()
    }

    /// The payload's text.
    pub(crate) fn payload(&self) -> &'a str {
        self.payload.map_or("{}", RawValue::get)
    }
}

/// How many bytes the payload of an event may have: what the contract says, or what the server says
/// for events of which the contract says nothing.
fn limit(event: &Event, event_bytes: u32) -> usize {
    let own = event.policy.max_bytes;
    let says_nothing = own == Policy::DEFAULT.max_bytes;
    (if says_nothing { event_bytes } else { own }) as usize
}

/// Whether a payload is within the limit that its event sets itself, if it does.
pub(crate) fn fits_own_limit(event: &Event, payload: &str) -> Result<(), Box<Problem>> {
    let limit = event.policy.max_bytes;
    if limit == Policy::DEFAULT.max_bytes || payload.len() <= limit as usize {
        return Ok(());
    }
    Err(too_large(limit as usize))
}

fn too_large(limit: usize) -> Box<Problem> {
    let mut problem = Box::new(LibraryCode::PayloadTooLarge.problem());
    let limit = Some(format!("..={limit}"));
    problem.fields = vec![FieldProblem { path: String::new(), rule: "bytes".into(), limit }];
    problem
}

/// The slow way: every mistake has a name and a place.
fn explain<'a, C: Command>(
    facts: &'static NamespaceFacts,
    event_bytes: u32,
    args: &'a str,
    attachments: &[Bytes],
) -> Result<Incoming<'a, C>, Box<Rejected<'a>>> {
    let reject = |name: Cow<'a, str>, meta, problem: Box<Problem>| {
        Err(Box::new(Rejected { name, meta, problem }))
    };
    let Ok(split) = Arguments::split(args) else {
        let problem = Box::new(LibraryCode::ProtocolError.problem());
        return reject(Cow::Borrowed(""), Meta::default(), problem);
    };
    let payload = split.payload();
    let known = facts.command(&split.name);
    let meta = match split.meta.map(|meta| serde_json::from_str::<Option<Meta>>(meta.get())) {
        None => Meta::default(),
        Some(Ok(meta)) => meta.unwrap_or_default(),
        Some(Err(_)) => {
            let problem = Box::new(LibraryCode::InvalidMeta.problem());
            return reject(split.name, Meta::default(), problem);
        }
    };
    if let Cow::Borrowed(name) = split.name
        && name.starts_with(CONTROL)
    {
        return Ok(Incoming::Control { name, payload, meta });
    }
    let Some((index, event)) = known else {
        return reject(split.name, meta, Box::new(LibraryCode::UnknownEvent.problem()));
    };
    let limit = limit(event, event_bytes);
    let attached: usize = attachments.iter().map(Bytes::len).sum();
    if payload.len() + attached > limit {
        return reject(split.name, meta, too_large(limit));
    }
    let decoded = with_attachments(attachments, || {
        decode_with_path(payload, |payload| C::decode(index, payload))
    });
    match decoded {
        Ok(command) => Ok(Incoming::Command { index, command, meta }),
        Err(problem) => reject(split.name, meta, problem),
    }
}

/// Decodes a payload and says on which field it failed, if it did.
pub(crate) fn decode_with_path<'a, T>(
    payload: &'a str,
    decode: impl FnOnce(
        serde_path_to_error::Deserializer<
            '_,
            '_,
            &mut serde_json::Deserializer<serde_json::de::StrRead<'a>>,
        >,
    ) -> Result<T, serde_json::Error>,
) -> Result<T, Box<Problem>> {
    let mut json = serde_json::Deserializer::from_str(payload);
    let mut track = serde_path_to_error::Track::new();
    decode(serde_path_to_error::Deserializer::new(&mut json, &mut track)).map_err(|error| {
        let mut problem = Box::new(LibraryCode::InvalidPayload.problem());
        problem.fields = vec![mistake(&track.path().to_string(), &error.to_string())];
        problem
    })
}

/// What a decoder said, as a broken rule. The value itself is left out: it may be private.
fn mistake(path: &str, message: &str) -> FieldProblem {
    let path = if path == "." { "" } else { path };
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let rule = "type".to_owned();
    if let Some(field) = quoted(message, "missing field `") {
        let dot = if path.is_empty() { "" } else { "." };
        return FieldProblem {
            path: format!("{path}{dot}{field}"),
            rule,
            limit: Some("a value".to_owned()),
        };
    }
    let limit = match message.rsplit_once("expected ") {
        Some((_, expected)) => expected.to_owned(),
        None if message.starts_with("EOF") => "complete JSON".to_owned(),
        None => "another value".to_owned(),
    };
    FieldProblem { path: path.to_owned(), rule, limit: Some(limit) }
}

fn quoted<'m>(message: &'m str, before: &str) -> Option<&'m str> {
    message.strip_prefix(before)?.split('`').next()
}

fn with_attachments<T>(attachments: &[Bytes], decode: impl FnOnce() -> T) -> T {
    if attachments.is_empty() {
        return decode();
    }
    decode_with_attachments(attachments.to_vec(), decode)
}

/// The quick way: name, payload and meta in one pass. `None` leaves the frame to [`explain`].
struct Quick<C> {
    facts: &'static NamespaceFacts,
    command: PhantomData<fn() -> C>,
}

impl<'de, C: Command> Visitor<'de> for Quick<C> {
    type Value = Option<(usize, C, Meta)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of an event's name, its payload and its meta")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut args: A) -> Result<Self::Value, A::Error> {
        let Some(name) = args.next_element::<&str>()? else { return Ok(None) };
        let Some((index, _)) = self.facts.command(name) else {
            while args.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(None);
        };
        let payload = PayloadOf { index, command: self.command };
        let command = match args.next_element_seed(payload)? {
            Some(command) => command,
            None => {
                let nothing = std::iter::empty::<(&str, &str)>();
                C::decode(index, MapDeserializer::<_, A::Error>::new(nothing))?
            }
        };
        let meta = args.next_element::<Option<Meta>>()?.flatten().unwrap_or_default();
        while args.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some((index, command, meta)))
    }
}

/// Decodes the payload of the command at `index`.
struct PayloadOf<C> {
    index: usize,
    command: PhantomData<fn() -> C>,
}

impl<'de, C: Command> DeserializeSeed<'de> for PayloadOf<C> {
    type Value = C;

    fn deserialize<D: Deserializer<'de>>(self, payload: D) -> Result<C, D::Error> {
        C::decode(self.index, payload)
    }
}

struct Split;

impl<'de> Visitor<'de> for Split {
    type Value = Arguments<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of an event's name, its payload and its meta")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut args: A) -> Result<Self::Value, A::Error> {
        let name = args.next_element::<Name<'de>>()?.ok_or_else(|| A::Error::custom("no name"))?;
        let payload = args.next_element()?;
        let meta = args.next_element()?;
        while args.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Arguments { name: name.0, payload, meta })
    }
}

/// A name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests;
