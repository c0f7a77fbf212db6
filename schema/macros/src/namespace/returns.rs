//! What an event answers, and with what it may be refused.

use syn::{ReturnType, TraitItemFn, Type};

use crate::{
    mistakes::Mistakes,
    payload::{Place, expect_portable, generic_types},
    policy::Kind,
};

/// `Result<T, E>`; the answer is `None` for `()`.
pub(super) struct Returns {
    pub(super) answer: Option<Type>,
    pub(super) error: Type,
}

/// Reads the return type; `None` where there is none.
pub(super) fn read(method: &TraitItemFn, kind: Kind, mistakes: &mut Mistakes) -> Option<Returns> {
    let signature = &method.sig;
    expect_arity(method, kind, mistakes);
    let ReturnType::Type(_, ty) = &signature.output else {
        match (kind, signature.asyncness) {
            (Kind::Command | Kind::Join | Kind::Question, Some(_)) => mistakes.at(
                signature,
                "an `async fn` says what it answers and how it fails: write `-> Result<T, E>`, with `NoRefusal` where it never fails",
            ),
            (Kind::Stream, _) => mistakes.at(
                signature,
                "a stream says how it ends and how it fails: write `-> Result<T, E>`",
            ),
            _ => {}
        }
        return None;
    };
    let Some((answer, error)) = result(ty) else {
        mistakes.at(
            ty,
            "write `Result<T, E>` with both types, and `NoRefusal` for `E` where it never fails",
        );
        return None;
    };
    let before = mistakes.count();
    let is_unit = matches!(answer, Type::Tuple(tuple) if tuple.elems.is_empty());
    if !is_unit {
        expect_portable(answer, Place::Inside, mistakes);
    }
    match kind {
        Kind::Command if signature.asyncness.is_none() && !is_unit => mistakes.at(
            answer,
            "without an acknowledgement there is nobody to answer: write `async fn`, or `Result<(), E>`",
        ),
        Kind::Event => mistakes.at(ty, "clients do not answer an event: write `#[question]`, or leave this out"),
        Kind::Command | Kind::Join | Kind::Stream | Kind::Question => {}
    }
    let is_answer = !is_unit && mistakes.count() == before;
    Some(Returns { answer: is_answer.then(|| answer.clone()), error: error.clone() })
}

/// `async` where somebody waits, and nowhere else.
fn expect_arity(method: &TraitItemFn, kind: Kind, mistakes: &mut Mistakes) {
    let signature = &method.sig;
    match (kind, &signature.asyncness) {
        (Kind::Join, None) => mistakes.at(signature.fn_token, "a join is acknowledged with the room's state: write `async fn`"),
        (Kind::Question, None) => mistakes.at(signature.fn_token, "a question waits for its answer: write `async fn`"),
        (Kind::Event, Some(asyncness)) => mistakes.at(
            asyncness,
            "clients do not acknowledge an event: write `fn`, or `#[question]` for something that they answer",
        ),
        (Kind::Stream, Some(asyncness)) => mistakes.at(asyncness, "a stream is started at once: write `fn`"),
        _ => {}
    }
}

/// The two types of `Result<T, E>`.
fn result(ty: &Type) -> Option<(&Type, &Type)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    match generic_types(last).as_slice() {
        [answer, error] => Some((answer, error)),
        _ => None,
    }
}
