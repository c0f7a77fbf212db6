// Who is typing.

import { Text } from "@mantine/core";
import { Chat, type SessionId, type UserId } from "@tautline/agent-chat";
import { useEvent } from "@tautline/react";
import { useEffect, useState } from "react";
import { useSubject } from "../identity/identity-context.js";
import { useDisplayName } from "../parts/display-name.js";

/** Who has said nothing for so long does not type any more. */
const FORGOTTEN_MS = 5_000;

/** A line that is empty most of the time, and keeps its place. */
export function TypingLine({ sessionId }: { sessionId: SessionId }) {
  const subject = useSubject();
  const [until, setUntil] = useState<Readonly<Record<UserId, number>>>({});
  const members = Object.keys(until);

  useEvent(Chat.events.memberTyping, (typing) => {
    if (typing.sessionId !== sessionId || typing.member === subject) return;
    setUntil((all) => ({ ...all, [typing.member]: Date.now() + FORGOTTEN_MS }));
  });
  // Whoever has written is not typing any more.
  useEvent(Chat.events.messageCreated, (message) => {
    if (message.sessionId === sessionId) setUntil((all) => without(all, message.author));
  });
  const next = Math.min(...Object.values(until));
  useEffect(() => {
    if (!Number.isFinite(next)) return;
    const timer = setTimeout(
      () =>
        setUntil((all) => Object.fromEntries(Object.entries(all).filter(([, at]) => at > next))),
      next - Date.now(),
    );
    return () => clearTimeout(timer);
  }, [next]);

  return (
    <Text
      component="div"
      size="xs"
      c="dimmed"
      px={20}
      h={20}
      role="status"
      aria-label="Typing"
      truncate
    >
      {members.length === 1 && members[0] !== undefined && <OneTypes member={members[0]} />}
      {members.length > 1 && `${members.length} people are typing …`}
    </Text>
  );
}

function OneTypes({ member }: { member: UserId }) {
  return `${useDisplayName(member)} is typing …`;
}

function without(all: Readonly<Record<UserId, number>>, member: UserId) {
  if (all[member] === undefined) return all;
  const { [member]: _gone, ...rest } = all;
  return rest;
}
