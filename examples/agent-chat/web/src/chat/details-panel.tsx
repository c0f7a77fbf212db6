// Beside a conversation: who takes part, and what is shared in it.

import { ActionIcon, Badge, Group, Stack, Text, Title } from "@mantine/core";
import { IconFileText, IconX } from "@tabler/icons-react";
import { Chat, type SharedContext, type UserId } from "@tautline/agent-chat";
import { usePresence } from "@tautline/react";
import { DisplayName } from "../parts/display-name.js";
import { Markdown } from "../parts/markdown.js";
import { useNow } from "../parts/use-now.js";
import { Who } from "../parts/who.js";
import { useAgent, useConnectedAgents } from "../state/use-agents.js";
import { activityWords, EXTENT_WORDS, momentWords, relativeWords } from "../state/words.js";
import { useConversation } from "./conversation-context.js";
import { Disclosure } from "./message-body.js";

/** The panel. */
export function DetailsPanel({ onClose }: { onClose: () => void }) {
  const { sessionId, conversation } = useConversation();
  const here = usePresence(
    Chat.rooms.chatSession,
    { sessionId },
    ({ members }) => new Map(members.map(({ subject, state }) => [subject, state !== undefined])),
    (a, b) => JSON.stringify([...a]) === JSON.stringify([...b]),
  );
  const agentsHere = useConnectedAgents();
  const now = useNow();
  const contexts = (conversation?.contexts ?? []).filter(
    ({ expiresAt }) => !expiresAt || Date.parse(expiresAt) > now,
  );
  return (
    <>
      <div className="side-head">
        <Title order={2} fz={15}>
          Details
        </Title>
        <ActionIcon aria-label="Close details" onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </div>
      <Stack gap="lg" p="md">
        <section aria-labelledby="members">
          <Heading id="members">Members</Heading>
          <Stack component="ul" gap={10} m={0} p={0} style={{ listStyle: "none" }}>
            {conversation?.session.members.map((member) => (
              <Member
                key={member}
                member={member}
                isHere={here.has(member) || agentsHere.has(member)}
                isLooking={here.get(member) ?? false}
              />
            ))}
          </Stack>
        </section>
        <section aria-labelledby="contexts">
          <Heading id="contexts">Shared context</Heading>
          {contexts.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing is shared with the agents at the moment.
            </Text>
          ) : (
            <Stack gap="xs">
              {contexts.map((context) => (
                <Context key={context.contextId} context={context} now={now} />
              ))}
            </Stack>
          )}
        </section>
      </Stack>
    </>
  );
}

function Heading({ id, children }: { id: string; children: string }) {
  return (
    <Title order={3} fz={12} c="dimmed" tt="uppercase" fw={600} mb="sm" id={id}>
      {children}
    </Title>
  );
}

interface MemberProps {
  readonly member: UserId;
  readonly isHere: boolean;
  /** Whether they have this conversation open. */
  readonly isLooking: boolean;
}

function Member({ member, isHere, isLooking }: MemberProps) {
  const agent = useAgent(member);
  const state = agent && isHere ? activityWords(agent.activity) : isHere ? "Online" : "Offline";
  return (
    <Group component="li" gap="sm" wrap="nowrap">
      <Who subject={member} size={32} isHere={isHere} />
      <div style={{ minWidth: 0 }}>
        <Group gap={6}>
          <Text size="sm" fw={550}>
            <DisplayName subject={member} />
          </Text>
          {agent && (
            <Badge size="xs" variant="light" color="grape" tt="none">
              Agent
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" truncate>
          {isLooking && !agent ? "Here now" : state}
        </Text>
      </div>
    </Group>
  );
}

function Context({ context, now }: { context: SharedContext; now: number }) {
  const { title, extent, content, expiresAt } = context;
  return (
    <article className="message-card" aria-label={`Context: ${title}`}>
      <Group gap={6} wrap="nowrap">
        <IconFileText size={15} aria-hidden style={{ flex: "none" }} />
        <Text size="sm" fw={600} truncate>
          {title}
        </Text>
      </Group>
      <Group gap={6} my={4}>
        <Badge size="xs" variant="light" tt="none">
          {EXTENT_WORDS[extent]}
        </Badge>
        <Text size="xs" c="dimmed" title={expiresAt ? momentWords(expiresAt) : undefined}>
          {expiresAt ? `Expires ${relativeWords(expiresAt, now)}` : "Does not expire"}
        </Text>
      </Group>
      <Disclosure label="Content">
        <Markdown text={content} />
      </Disclosure>
    </article>
  );
}
