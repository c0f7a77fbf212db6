//! What a server forgets or mistakes.
use tautline::{Answer, NoRefusal, contract_error, namespace, payload};

#[payload]
pub struct Note {
    pub id: String,
}

#[contract_error]
pub enum NoteError {
    #[problem(category = not_found, message = "Gone.", hint = "")]
    Gone,
}

#[contract_error]
pub enum OtherError {
    #[problem(category = not_found, message = "Gone.", hint = "")]
    Gone,
}

#[namespace("/notes")]
pub trait NotesServer {
    #[event]
    async fn add(note: Note) -> Result<Note, NoteError>;
    #[event]
    async fn remove(note: Note) -> Result<(), NoRefusal>;
}

struct Forgetful;

impl NotesServer for Forgetful {
    type Context = ();

    async fn add(&self, _: &(), note: Note) -> Answer<Note, NoteError> {
        Ok(note)
    }
}

struct Mistaken;

impl NotesServer for Mistaken {
    type Context = ();

    async fn add(&self, _: &(), _: Note) -> Answer<Note, NoteError> {
        Err(OtherError::Gone)?
    }

    async fn remove(&self, _: &(), note: String) -> Answer<()> {
        drop(note);
        Ok(())
    }
}

/// Neither a payload nor an error of a contract.
#[derive(Debug)]
pub struct Plain;

#[namespace("/plain", side = client)]
pub trait PlainClient {
    #[event]
    fn told(plain: Plain);
}

fn main() {}
