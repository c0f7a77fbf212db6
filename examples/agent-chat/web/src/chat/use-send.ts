// Sends messages, and keeps those that were refused.

import { Chat, type NewMessage } from "@tautline/agent-chat";
import { useClient, useOutbox } from "@tautline/react";
import { useCallback, useMemo } from "react";
import { useFailedSends, useFailures } from "../state/failed-sends-context.js";
import { type Outgoing, outgoingOf } from "../state/outgoing.js";
import { useConversation } from "./conversation-context.js";

/** Sends a message. What the server does not take stays in the conversation, for whoever wrote it. */
export function useSend(): (message: NewMessage) => void {
  const client = useClient();
  const failures = useFailedSends();
  return useCallback(
    async (message) => {
      const writtenAt = Date.now();
      const result = await client.run(Chat.commands.sendMessage, message);
      // `disposed`: left behind with the page. The outbox has it, and sends it in its next life.
      if (result.ok || result.problem.code === "disposed") return;
      failures.add({ message, problem: result.problem, writtenAt });
    },
    [client, failures],
  );
}

/** What is on its way into the conversation that is looked at. */
export function useOutgoing(): readonly Outgoing[] {
  const { sessionId, conversation } = useConversation();
  const { entries } = useOutbox();
  const failures = useFailures();
  const causes = conversation?.causes;
  return useMemo(
    () => outgoingOf(sessionId, entries, failures, causes),
    [sessionId, entries, failures, causes],
  );
}

/** What can be done about a message that was not sent. */
export function useOutgoingActions(): {
  retry(outgoing: Outgoing): void;
  discard(outgoing: Outgoing): void;
} {
  const { outbox } = useClient();
  const failures = useFailedSends();
  const send = useSend();
  return useMemo(
    () => ({
      retry({ id, message, isQueued }) {
        if (isQueued) {
          outbox.retry(id);
          return;
        }
        failures.remove(id);
        send(message);
      },
      discard: ({ id, isQueued }) => (isQueued ? outbox.discard(id) : failures.remove(id)),
    }),
    [outbox, failures, send],
  );
}
