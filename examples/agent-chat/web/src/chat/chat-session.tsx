// One conversation: its messages, what is being written, and who takes part.

import { Button, Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconMessageOff, IconMessages } from "@tabler/icons-react";
import type { Message } from "@tautline/agent-chat";
import { useRoomState } from "@tautline/react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { Empty } from "../parts/empty.js";
import { chatState } from "../state/chat-state.js";
import { ChatHeader } from "./chat-header.js";
import "./chat-session.css";
import { Approvals } from "./approvals.js";
import { Composer } from "./composer.js";
import { ConversationProvider } from "./conversation-context.js";
import { DetailsPanel } from "./details-panel.js";
import { Here } from "./here.js";
import { ThreadPanel } from "./thread-panel.js";
import { Timeline } from "./timeline.js";
import { TypingLine } from "./typing-line.js";

/** The conversation that the address names. */
export function ChatSession() {
  const { sessionId = "" } = useParams();
  // What belongs to one conversation (a reply that was begun, older pages) does not go along to the next one.
  return <OpenSession key={sessionId} sessionId={sessionId} />;
}

function OpenSession({ sessionId }: { sessionId: string }) {
  const { status, state, problem } = useRoomState(chatState, { sessionId });
  const [replyTo, setReplyTo] = useState<Message>();
  const [thread, setThread] = useState<Message>();
  const isWide = useMediaQuery("(min-width: 75em)", true, { getInitialValueInEffect: false });
  const [showsDetails, details] = useDisclosure(isWide);

  if (status === "denied" && problem) {
    return (
      <div className="shell-page chat-missing">
        <Empty
          icon={IconMessageOff}
          title={problem.message}
          action={
            <Button component={Link} to="/" mt="sm" variant="light">
              Go to the dashboard
            </Button>
          }
        >
          <span role="alert">{problem.recovery.hint}</span>
        </Empty>
      </div>
    );
  }

  const side = thread ? (
    <ThreadPanel root={thread} onClose={() => setThread(undefined)} />
  ) : (
    <DetailsPanel onClose={details.close} />
  );
  const closeSide = () => (thread ? setThread(undefined) : details.close());
  const hasSide = thread !== undefined || showsDetails;

  return (
    <ConversationProvider sessionId={sessionId} conversation={state}>
      <title>{`${state?.session.title ?? "Conversation"} · Agent chat`}</title>
      <Here sessionId={sessionId} />
      <div className="shell-page chat">
        <section className="chat-main" aria-label={state?.session.title ?? "Conversation"}>
          <ChatHeader showsDetails={showsDetails} onDetails={details.toggle} />
          <Timeline
            onReply={setReplyTo}
            onThread={setThread}
            empty={
              <Empty icon={IconMessages} title="Nothing has been said yet">
                Write the first message. Agents that take part answer when they are asked.
              </Empty>
            }
          />
          <Approvals sessionId={sessionId} />
          <TypingLine sessionId={sessionId} />
          <Composer
            key={sessionId}
            sessionId={sessionId}
            replyTo={replyTo}
            onReplyDone={() => setReplyTo(undefined)}
          />
        </section>
        {isWide && hasSide && <aside className="chat-side">{side}</aside>}
      </div>
      <Drawer
        opened={!isWide && hasSide}
        onClose={closeSide}
        position="right"
        size="min(400px, 92vw)"
        withCloseButton={false}
        padding={0}
        title={undefined}
      >
        {side}
      </Drawer>
    </ConversationProvider>
  );
}
