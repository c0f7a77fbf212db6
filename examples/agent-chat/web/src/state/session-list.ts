// The list of conversations as events change it.

import type { Message, Session, UserId } from "@tautline/agent-chat";

/** The list after a conversation was made or changed. Who is no member any more does not see it. */
export function withSession(
  sessions: readonly Session[],
  session: Session,
  subject: UserId,
): readonly Session[] {
  const others = sessions.filter(({ sessionId }) => sessionId !== session.sessionId);
  return session.members.includes(subject) ? sorted([...others, session]) : others;
}

/** The list after a message: its conversation comes first. */
export function touched(
  sessions: readonly Session[],
  { sessionId, createdAt }: Message,
): readonly Session[] {
  const isNews = sessions.some(
    (it) => it.sessionId === sessionId && Date.parse(it.activeAt) < Date.parse(createdAt),
  );
  if (!isNews) return sessions;
  return sorted(
    sessions.map((it) => (it.sessionId === sessionId ? { ...it, activeAt: createdAt } : it)),
  );
}

function sorted(sessions: readonly Session[]): readonly Session[] {
  return [...sessions].sort((a, b) => Date.parse(b.activeAt) - Date.parse(a.activeAt));
}
