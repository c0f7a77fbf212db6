//! The quickstart's contract, with a service that gives back what it gets.

use tautline::Answer;
use tautline_quickstart::{Board, BoardError, BoardState, Boards, BoardsServer, Card, NewCard};
use tautline_server::Context;

/// A board that remembers nothing.
pub(crate) struct QuickstartService;

impl BoardsServer for QuickstartService {
    type Context = Context<Boards>;

    async fn authorize_board(&self, _: &Self::Context, _: &Board) -> Answer<(), BoardError> {
        Ok(())
    }

    async fn join_board(&self, cx: &Self::Context, room: &Board) -> Answer<BoardState, BoardError> {
        cx.emit().somebody_came(room);
        Ok(BoardState { cards: vec![String::new(), room.board_id.clone()] })
    }

    async fn add_card(&self, cx: &Self::Context, new: NewCard) -> Answer<Card, BoardError> {
        let replaces = new.title.strip_prefix("instead of ").map(str::to_owned);
        let card = Card { board_id: new.board_id, title: new.title, replaces };
        cx.emit().card_added(&card);
        Ok(card)
    }
}
