//! `/echo`: gives back what it gets.

use tautline::Answer;
use tautline_conformance::echo::{
    Anything, Blob, Change, Echo, EchoServer, Fractions, Identifiers, Integers, Optionals, Shapes,
    Texts,
};
use tautline_server::Context;

/// Echoes.
pub(crate) struct EchoService;

impl EchoServer for EchoService {
    type Context = Context<Echo>;

    async fn echo_texts(&self, cx: &Self::Context, texts: Texts) -> Answer<Texts> {
        cx.emit().texts(&texts);
        Ok(texts)
    }

    async fn echo_integers(&self, cx: &Self::Context, integers: Integers) -> Answer<Integers> {
        cx.emit().integers(&integers);
        Ok(integers)
    }

    async fn echo_fractions(&self, cx: &Self::Context, fractions: Fractions) -> Answer<Fractions> {
        cx.emit().fractions(&fractions);
        Ok(fractions)
    }

    async fn echo_optionals(&self, cx: &Self::Context, optionals: Optionals) -> Answer<Optionals> {
        cx.emit().optionals(&optionals);
        Ok(optionals)
    }

    async fn echo_change(&self, cx: &Self::Context, change: Change) -> Answer<Change> {
        cx.emit().change(&change);
        Ok(change)
    }

    async fn echo_identifiers(
        &self,
        cx: &Self::Context,
        identifiers: Identifiers,
    ) -> Answer<Identifiers> {
        cx.emit().identifiers(&identifiers);
        Ok(identifiers)
    }

    async fn echo_shapes(&self, cx: &Self::Context, shapes: Shapes) -> Answer<Shapes> {
        cx.emit().shapes(&shapes);
        Ok(shapes)
    }

    async fn echo_blob(&self, cx: &Self::Context, blob: Blob) -> Answer<Blob> {
        cx.emit().blob(&blob);
        Ok(blob)
    }

    async fn echo_anything(&self, cx: &Self::Context, anything: Anything) -> Answer<Anything> {
        cx.emit().anything(&anything);
        Ok(anything)
    }

    async fn echo_nothing(&self, cx: &Self::Context) -> Answer<()> {
        cx.emit().nothing();
        Ok(())
    }
}
