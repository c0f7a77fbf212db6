// What a conversation is about, who takes part, and what can be done with it.

import { ActionIcon, Badge, Box, Group, Menu, Skeleton, Text, Title, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconArchive,
  IconDoorExit,
  IconDots,
  IconLayoutSidebarRight,
  IconPencil,
  IconUserPlus,
} from "@tabler/icons-react";
import { Chat } from "@tautline/agent-chat";
import { useCommand, usePresence } from "@tautline/react";
import { useNavigate } from "react-router";
import { Who } from "../parts/who.js";
import { notifyProblem } from "../problems/notify-problem.js";
import { useSessions } from "../state/sessions-context.js";
import { useConnectedAgents } from "../state/use-agents.js";
import { useConversation } from "./conversation-context.js";
import { InviteMember, RenameSession } from "./session-forms.js";

interface ChatHeaderProps {
  readonly showsDetails: boolean;
  readonly onDetails: () => void;
}

/** The head of the conversation. */
export function ChatHeader({ showsDetails, onDetails }: ChatHeaderProps) {
  const { sessionId, conversation } = useConversation();
  const { members: here } = usePresence(Chat.rooms.chatSession, { sessionId });
  const agentsHere = useConnectedAgents();
  const session = conversation?.session;
  // An agent may sit in the conversation, or answer from outside: it is counted once.
  const count = new Set([
    ...here.map(({ subject }) => subject),
    ...(session?.members.filter((it) => agentsHere.has(it)) ?? []),
  ]).size;
  return (
    <header className="chat-header">
      <Box miw={0}>
        {session ? (
          <Group gap="xs" wrap="nowrap">
            <Title order={1} fz={16} lineClamp={1}>
              {session.title}
            </Title>
            {session.archivedAt && (
              <Badge variant="light" color="gray" size="sm">
                Archived
              </Badge>
            )}
          </Group>
        ) : (
          <Skeleton height={16} width={180} radius="xl" />
        )}
        {session && (
          <Text size="xs" c="dimmed" truncate>
            {session.members.length} members · {count} online
          </Text>
        )}
      </Box>
      <Group gap={6} wrap="nowrap">
        {session && (
          <Group visibleFrom="sm" gap={4} mr={6} wrap="nowrap">
            {session.members.slice(0, 5).map((member) => (
              <Who key={member} subject={member} size={28} />
            ))}
          </Group>
        )}
        <Tooltip label={showsDetails ? "Hide details" : "Show details"}>
          <ActionIcon
            size="lg"
            aria-label="Details"
            aria-pressed={showsDetails}
            variant={showsDetails ? "light" : "subtle"}
            onClick={onDetails}
          >
            <IconLayoutSidebarRight size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {session && <SessionMenu />}
      </Group>
    </header>
  );
}

function SessionMenu() {
  const { sessionId, conversation } = useConversation();
  const { put, refresh } = useSessions();
  const navigate = useNavigate();
  const archive = useCommand(Chat.commands.archiveSession);
  const leave = useCommand(Chat.commands.leaveChatSession);
  const [isRenaming, renaming] = useDisclosure();
  const [isInviting, inviting] = useDisclosure();
  const session = conversation?.session;
  if (session === undefined) return null;
  const isArchived = Boolean(session.archivedAt);

  async function putAway() {
    const result = await archive.run({ sessionId });
    if (result.ok) put(result.value);
    else notifyProblem(result.problem);
  }

  async function goAway() {
    const result = await leave.run({ sessionId });
    if (!result.ok) {
      notifyProblem(result.problem);
      return;
    }
    navigate("/");
    refresh();
  }

  return (
    <>
      <Menu position="bottom-end" width={220} withArrow>
        <Menu.Target>
          <ActionIcon size="lg" aria-label="Conversation actions">
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            disabled={isArchived}
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={renaming.open}
          >
            Rename
          </Menu.Item>
          <Menu.Item
            disabled={isArchived}
            leftSection={<IconUserPlus size={16} aria-hidden />}
            onClick={inviting.open}
          >
            Invite
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            disabled={isArchived}
            leftSection={<IconArchive size={16} aria-hidden />}
            onClick={() => void putAway()}
          >
            Archive
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconDoorExit size={16} aria-hidden />}
            onClick={() => void goAway()}
          >
            Leave
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RenameSession opened={isRenaming} onClose={renaming.close} session={session} />
      <InviteMember opened={isInviting} onClose={inviting.close} session={session} />
    </>
  );
}
