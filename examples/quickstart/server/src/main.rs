//! Serves the shared board and its page on one port.
use std::{collections::HashMap, sync::Mutex};

use tautline_quickstart::{Board, BoardError, BoardState, Boards, BoardsServer, Card, NewCard};
use tautline_server::{Answer, Context, Jwt, Server};
use tokio::{net::TcpListener, signal::ctrl_c};
use tower_http::services::ServeDir;

const LIMIT: usize = 12;

#[derive(Default)]
struct Service(Mutex<HashMap<String, Vec<String>>>);

impl BoardsServer for Service {
    type Context = Context<Boards>;

    async fn authorize_board(&self, _: &Self::Context, _: &Board) -> Answer<(), BoardError> {
        Ok(())
    }

    async fn join_board(&self, cx: &Self::Context, room: &Board) -> Answer<BoardState, BoardError> {
        cx.emit().somebody_came(room);
        let cards = self.0.lock().unwrap().get(&room.board_id).cloned();
        Ok(BoardState { cards: cards.unwrap_or_default() })
    }

    async fn add_card(&self, cx: &Self::Context, new: NewCard) -> Answer<Card, BoardError> {
        let cards = self.0.lock().unwrap().get(&new.board_id).map_or(0, Vec::len);
        if cards >= LIMIT && cx.emit().may_replace(&Board::of(&new)).await.is_err() {
            return Err(BoardError::Full)?;
        }
        let mut boards = self.0.lock().unwrap();
        let cards = boards.entry(new.board_id.clone()).or_default();
        if cards.contains(&new.title) {
            return Err(BoardError::Duplicate { title: new.title })?;
        }
        cards.push(new.title.clone());
        let replaces = (cards.len() > LIMIT).then(|| cards.remove(0));
        let card = Card { board_id: new.board_id, title: new.title, replaces };
        cx.emit().card_added(&card); // leaves with the answer, to everybody on the board
        Ok(card)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt::init();
    let server = Server::builder(tautline_quickstart::contract())
        .jwt(Jwt::hs256(std::env::var("TAUTLINE_SECRET")?))
        .namespace::<Boards>(Service::default())
        .build()?;
    let tcp = TcpListener::bind(std::env::var("ADDRESS").unwrap_or("127.0.0.1:0".into())).await?;
    println!("The board is at http://{}", tcp.local_addr()?);
    let page = axum::Router::new().fallback_service(ServeDir::new("examples/quickstart/web/dist"));
    Ok(server.serve(tcp, page, async { drop(ctrl_c().await) }).await?)
}
