//! Sessions: opened, renamed, put away, and who takes part in them.

use tautline::{ContractError, Namespace, Uuid};
use tautline_agent_chat::Chat;
use tautline_agent_chat::chat::{
    ChatSession, Invite, Level, NewSession, RenameSession, Session, SessionListed,
};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::{SessionId, UserId};
use tautline_server::{Answer, Context, Tx};

use super::answers;
use crate::post::Post;
use crate::service::{Caller, Service, now};
use crate::store::{Db, Standing};

/// How many take part in a session at most. All of them see each other come and go.
const MEMBERS: usize = 50;

pub(super) async fn create(cx: &Context<Chat>, new: NewSession) -> Answer<Session, ChatError> {
    let now = now();
    let mut members = vec![Caller::of(cx).user];
    for member in new.members {
        if !members.contains(&member) {
            members.push(member);
        }
    }
    let session = Session {
        session_id: SessionId(Uuid::now_v7()),
        title: new.title,
        members,
        created_at: now,
        active_at: now,
        archived_at: None,
    };
    cx.commit(move |tx| {
        Db::of(tx)?.insert_session(&session)?;
        list(tx, &session, None);
        Ok(session)
    })
    .await
}

pub(super) async fn rename(
    cx: &Context<Chat>,
    rename: RenameSession,
) -> Answer<Session, ChatError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        open(db, rename.session_id, &caller)?;
        db.rename_session(rename.session_id, &rename.title)?;
        changed(tx, db, rename.session_id)
    })
    .await
}

pub(super) async fn archive(
    service: &Service,
    cx: &Context<Chat>,
    session: ChatSession,
) -> Answer<Session, ChatError> {
    let caller = Caller::of(cx);
    let writing = answers::in_progress(service, cx, session.session_id).await?;
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        open(db, session.session_id, &caller)?;
        if let Some(agent_id) = writing {
            return Err(ChatError::AnswerInProgress { agent_id })?;
        }
        db.archive_session(session.session_id, now())?;
        changed(tx, db, session.session_id)
    })
    .await
}

pub(super) async fn invite(cx: &Context<Chat>, invite: Invite) -> Answer<Session, ChatError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let session = open(db, invite.session_id, &caller)?;
        if session.members.contains(&invite.member) {
            return Ok(session);
        }
        if session.members.len() >= MEMBERS {
            let limit = u32::try_from(MEMBERS).unwrap_or(u32::MAX);
            return Err(ChatError::SessionFull { limit })?;
        }
        db.insert_member(invite.session_id, &invite.member)?;
        let text = format!("{} invited {}.", caller.user.0, invite.member.0);
        Post::notice(invite.session_id, caller.user, Level::Info, text).write(tx, db)?;
        changed(tx, db, invite.session_id)
    })
    .await
}

pub(super) async fn leave(cx: &Context<Chat>, room: ChatSession) -> Answer<(), ChatError> {
    let user = Caller::of(cx).user;
    let (id, leaver) = (room.session_id, user.clone());
    cx.commit::<_, ChatError, _>(move |tx| {
        let db = Db::of(tx)?;
        let session = db.session(id)?.ok_or(ChatError::SessionNotFound { session_id: id })?;
        if session.members.contains(&leaver) {
            db.remove_member(id, &leaver, now())?;
            if session.archived_at.is_none() {
                let text = format!("{} left.", leaver.0);
                Post::notice(id, leaver.clone(), Level::Info, text).write(tx, db)?;
            }
            let session = changed(tx, db, id)?;
            list(tx, &session, Some(&leaver));
        }
        Ok(())
    })
    .await?;
    // All their connections: each of them was let in because of the membership.
    let gone = ChatError::NotAMember { session_id: id }.problem();
    cx.leave(&room);
    cx.room::<Chat>(&room).kick(&user.0, Some(gone));
    Ok(())
}

/// Whether somebody may see a session.
pub(super) fn may_read(
    db: Db<'_>,
    session_id: SessionId,
    caller: &Caller,
) -> Answer<(), ChatError> {
    if caller.is_admin && db.session(session_id)?.is_some() {
        return Ok(());
    }
    match db.standing(session_id, &caller.user.0)? {
        Standing::Member => Ok(()),
        Standing::Left => Err(ChatError::NotAMember { session_id })?,
        Standing::Stranger => Err(ChatError::SessionNotFound { session_id })?,
    }
}

/// The session, if the caller may write into it.
pub(super) fn open(
    db: Db<'_>,
    session_id: SessionId,
    caller: &Caller,
) -> Answer<Session, ChatError> {
    may_read(db, session_id, caller)?;
    let session = db.session(session_id)?.ok_or(ChatError::SessionNotFound { session_id })?;
    match session.archived_at {
        Some(_) => Err(ChatError::SessionArchived { session_id })?,
        None => Ok(session),
    }
}

/// Tells everybody what has become of a session.
fn changed(tx: &Tx<'_, Chat>, db: Db<'_>, session_id: SessionId) -> Answer<Session, ChatError> {
    let session = db.session(session_id)?.ok_or(ChatError::SessionNotFound { session_id })?;
    tx.emit().session_changed(&session);
    list(tx, &session, None);
    Ok(session)
}

/// Puts a session into the lists of its members, or of one who was one.
pub(crate) fn list<N: Namespace>(tx: &Tx<'_, N>, session: &Session, only: Option<&UserId>) {
    let members = only.map_or(&session.members[..], std::slice::from_ref);
    for member in members {
        let listed = SessionListed { subject: member.0.clone(), session: session.clone() };
        tx.emit_in::<Chat>().session_listed(&listed);
    }
}
