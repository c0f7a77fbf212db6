//! The contract of a shared board: everything that travels between its server and its page.
use tautline::{contract, contract_error, namespace, payload, room};

/// A board. Everyone who joined it sees its cards.
#[room("board:{board_id}")]
pub struct Board {
    pub board_id: String,
}

/// What is on a board.
#[payload]
pub struct BoardState {
    pub cards: Vec<String>,
}

/// What a person writes on a new card.
#[payload]
pub struct NewCard {
    pub board_id: String,
    #[field(length(1..=60))]
    pub title: String,
}

/// A card on a board, and the one that had to go for it.
#[payload]
pub struct Card {
    pub board_id: String,
    pub title: String,
    pub replaces: Option<String>,
}

/// Why a card was refused.
#[contract_error]
pub enum BoardError {
    /// Nothing more fits, and nobody agreed to take the oldest card down.
    #[problem(category = capacity, message = "The board is full.", hint = "Ask the others to make room.")]
    Full,
    /// The same words are there already.
    #[problem(category = conflict, message = "“{title}” is here already.", hint = "Choose other words.")]
    Duplicate { title: String },
}

/// What a page may ask of the server.
#[namespace("/boards", client = BoardsClient)]
pub trait BoardsServer {
    /// Enters a board and tells what is on it.
    #[join(guests = true)]
    async fn join_board(room: Board) -> Result<BoardState, BoardError>;

    /// Puts a card on the board. Sent again after a cut, it is put there once.
    #[event(delivery = idempotent, room = Board, guests = true)]
    async fn add_card(card: NewCard) -> Result<Card, BoardError>;
}

/// What the server tells the pages.
#[namespace("/boards", side = client)]
pub trait BoardsClient {
    /// A card was put on the board.
    #[event(delivery = durable, room = Board)]
    fn card_added(card: Card);

    /// Somebody has opened the board.
    #[event(room = Board)]
    fn somebody_came(board: Board);

    /// Asks the people on a full board whether its oldest card may go.
    #[question(room = Board, expires = "30s")]
    async fn may_replace(board: Board) -> Result<(), BoardError>;
}

contract! { name: "quickstart", version: "1.0.0", namespaces: [Boards], scopes: [], auth: jwt, guests: true }
