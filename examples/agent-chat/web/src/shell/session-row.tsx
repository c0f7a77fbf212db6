// One conversation in the list: what it is about, what was said last, and whether there is something to read.

import { Badge, Box, Text } from "@mantine/core";
import { IconHash } from "@tabler/icons-react";
import { Chat, type Session } from "@tautline/agent-chat";
import { useReceipts, useRoomState } from "@tautline/react";
import { NavLink } from "react-router";
import { useSubject } from "../identity/identity-context.js";
import { DisplayName } from "../parts/display-name.js";
import { chatState } from "../state/chat-state.js";
import { previewOf } from "../state/preview.js";
import { useSessions } from "../state/sessions-context.js";
import { unreadCount } from "../state/unread.js";

/** A link to the conversation. */
export function SessionRow({ session }: { session: Session }) {
  const { sessionId, title } = session;
  const { followed } = useSessions();
  const params = followed.has(sessionId) ? { sessionId } : undefined;
  const subject = useSubject();
  const { state } = useRoomState(chatState, params);
  const mine = useReceipts(Chat.rooms.chatSession, params, (all) => all[subject]);
  const last = state?.messages.at(-1);
  const unread = state ? unreadCount(state.messages, mine, subject) : 0;
  return (
    <NavLink
      to={`/sessions/${encodeURIComponent(sessionId)}`}
      className="session-row"
      aria-label={unread > 0 ? `${title}, ${unread} unread` : title}
    >
      <Box c="dimmed" style={{ display: "flex" }}>
        <IconHash size={18} aria-hidden />
      </Box>
      <span className="session-row-text">
        <Text size="sm" truncate fw={unread > 0 ? 650 : 500}>
          {title}
        </Text>
        {last && (
          <Text size="xs" c="dimmed" truncate>
            {last.body.type !== "system" && (
              <>
                <DisplayName subject={last.author} />:{" "}
              </>
            )}
            {previewOf(last.body)}
          </Text>
        )}
      </span>
      {unread > 0 && (
        <Badge size="sm" circle={unread < 10}>
          {unread > 99 ? "99+" : unread}
        </Badge>
      )}
    </NavLink>
  );
}
