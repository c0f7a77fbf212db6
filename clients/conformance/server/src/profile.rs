//! The contract of the profile's corners: gives back what it gets, and answers with the contract's
//! own examples where it gets nothing.

use serde_json::Value;
use tautline::{Answer, Namespace, Wire};
use tautline_profile_contract::*;
use tautline_server::Context;

/// Serves both namespaces of the profile.
pub(crate) struct ProfileService;

/// `echo_x` and `x`: the answer and the event are the payload.
macro_rules! echoes {
    ($($command:ident, $event:ident, $ty:ty;)*) => {
        impl EchoServer for ProfileService {
            type Context = Context<Echo>;

            async fn authorize_echo_room(&self, _: &Self::Context, _: &EchoRoom) -> Answer<()> {
                Ok(())
            }

            async fn join_echo_room(&self, _: &Self::Context, room: &EchoRoom) -> Answer<EchoState> {
                use tautline::Room as _;
                Ok(EchoState { name: room.name().to_string() })
            }

            $(async fn $command(&self, cx: &Self::Context, value: $ty) -> Answer<$ty> {
                cx.emit().$event(&value);
                Ok(value)
            })*
        }
    };
}

echoes! {
    echo_integers, integers, Integers;
    echo_fractions, fractions, Fractions;
    echo_texts, texts, Texts;
    echo_identifiers, identifiers, Identifiers;
    echo_optional, optional, Optional;
    echo_change, change, Change;
    echo_collections, collections, Collections;
    echo_enums, enums, Enums;
    echo_anything, anything, Anything;
    echo_attachments, attachments, Attachments;
    echo_words, words, Words;
    echo_nothing, nothing, Nothing;
    echo_part, part, Part;
}

impl CornersServer for ProfileService {
    type Context = Context<Corners>;

    async fn authorize_corner(&self, _: &Self::Context, _: &Corner) -> Answer<(), CornerError> {
        Ok(())
    }

    async fn join_corner(&self, _: &Self::Context, _: &Corner) -> Answer<Vec<Thing>, CornerError> {
        answer_example("join_corner")
    }

    async fn put_thing(&self, cx: &Self::Context, thing: Thing) -> Answer<Thing, CornerError> {
        cx.emit().thing_put(&thing);
        Ok(thing)
    }

    async fn ping(&self, _: &Self::Context) -> Answer<(), CornerError> {
        Ok(())
    }

    async fn list_places(&self, _: &Self::Context) -> Answer<Vec<Slug>, CornerError> {
        answer_example("list_places")
    }

    async fn newest(&self, _: &Self::Context) -> Answer<Option<Thing>, CornerError> {
        answer_example("newest")
    }

    async fn first_place(&self, _: &Self::Context) -> Answer<String, CornerError> {
        answer_example("first_place")
    }

    async fn wave(&self, _: &Self::Context, _: Nothing) {}

    async fn greet(&self, _: &Self::Context, _: Greeting) -> Answer<(), CornerError> {
        Err(CornerError::NoSuchCorner)?
    }
}

/// What the contract says that a command may answer.
fn answer_example<T: Wire>(command: &str) -> Answer<T, CornerError> {
    let example =
        Corners::FACTS.command(command).and_then(|(_, facts)| facts.policy.answer_example);
    Ok(serde_json::from_value(example.map_or(Value::Null, |example| example()))?)
}
