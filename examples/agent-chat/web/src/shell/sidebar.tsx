// Where one can go: the dashboard, and the conversations.

import {
  ActionIcon,
  Badge,
  Button,
  Collapse,
  Group,
  NavLink,
  ScrollArea,
  Skeleton,
  Stack,
  Text,
  Tooltip,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconArchive,
  IconChevronDown,
  IconChevronRight,
  IconLayoutDashboard,
  IconMessagePlus,
  IconMessages,
  IconPlus,
  IconX,
} from "@tabler/icons-react";
import { Chat } from "@tautline/agent-chat";
import { useQuestion } from "@tautline/react";
import { Link, useLocation } from "react-router";
import { Empty } from "../parts/empty.js";
import { Logo } from "../parts/logo.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import { useSessions } from "../state/sessions-context.js";
import { SessionRow } from "./session-row.js";

interface SidebarProps {
  readonly onClose: () => void;
  readonly onNewSession: () => void;
}

/** The list at the left; on a phone it covers the page. */
export function Sidebar({ onClose, onNewSession }: SidebarProps) {
  const { pathname } = useLocation();
  const questions = useQuestion(Chat.questions.approveTool);
  const isDashboard = pathname === "/" || pathname.startsWith("/tasks");
  return (
    <>
      <Group h={56} px="md" gap="sm" justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap">
          <Logo />
          <Text fw={700} fz={16}>
            Agent chat
          </Text>
        </Group>
        <ActionIcon hiddenFrom="sm" aria-label="Close menu" onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <nav aria-label="Main">
        <NavLink
          component={Link}
          to="/"
          active={isDashboard}
          aria-current={isDashboard ? "page" : undefined}
          label="Dashboard"
          leftSection={<IconLayoutDashboard size={18} aria-hidden />}
          rightSection={
            questions.length > 0 && (
              <Badge size="sm" circle color="orange" aria-label={`${questions.length} to approve`}>
                {questions.length}
              </Badge>
            )
          }
          mx={8}
          w="auto"
          style={{ borderRadius: 8 }}
        />
      </nav>
      <Group justify="space-between" px="md" pt="lg" pb={6}>
        <Text size="xs" fw={600} c="dimmed" tt="uppercase" id="conversations">
          Conversations
        </Text>
        <Tooltip label="New conversation">
          <ActionIcon size="sm" aria-label="New conversation" onClick={onNewSession}>
            <IconPlus size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <ScrollArea flex={1} type="auto" scrollbarSize={6}>
        <Conversations onNewSession={onNewSession} />
      </ScrollArea>
    </>
  );
}

function Conversations({ onNewSession }: Pick<SidebarProps, "onNewSession">) {
  const { sessions, problem, refresh } = useSessions();
  const [showsArchive, archive] = useDisclosure();
  if (sessions === undefined) {
    const isMissing = problem && problem.category !== "connection";
    return isMissing ? (
      <Stack px="xs">
        <ProblemAlert problem={problem} onRetry={refresh} />
      </Stack>
    ) : (
      <Stack gap="xs" px="md" py={4} role="status" aria-label="Loading conversations">
        {[70, 55, 62].map((width) => (
          <Group key={width} gap="sm" wrap="nowrap">
            <Skeleton circle height={32} width={32} />
            <Skeleton height={12} width={`${width}%`} radius="xl" />
          </Group>
        ))}
      </Stack>
    );
  }
  const open = sessions.filter(({ archivedAt }) => !archivedAt);
  const archived = sessions.filter(({ archivedAt }) => archivedAt);
  return (
    <nav aria-labelledby="conversations">
      {open.length === 0 && (
        <Empty
          icon={IconMessages}
          title="No conversations yet"
          action={
            <Button
              mt="sm"
              size="xs"
              leftSection={<IconMessagePlus size={16} aria-hidden />}
              onClick={onNewSession}
            >
              Start one
            </Button>
          }
        >
          Talk with people and agents in one place.
        </Empty>
      )}
      <Stack component="ul" gap={2} px={8} m={0} style={{ listStyle: "none" }}>
        {open.map((session) => (
          <li key={session.sessionId}>
            <SessionRow session={session} />
          </li>
        ))}
      </Stack>
      {archived.length > 0 && (
        <>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            mx={8}
            mt="sm"
            aria-expanded={showsArchive}
            leftSection={<IconArchive size={14} aria-hidden />}
            rightSection={
              showsArchive ? (
                <IconChevronDown size={14} aria-hidden />
              ) : (
                <IconChevronRight size={14} aria-hidden />
              )
            }
            onClick={archive.toggle}
          >
            Archived ({archived.length})
          </Button>
          <Collapse expanded={showsArchive}>
            <Stack component="ul" gap={2} px={8} m={0} style={{ listStyle: "none" }}>
              {archived.map((session) => (
                <li key={session.sessionId}>
                  <SessionRow session={session} />
                </li>
              ))}
            </Stack>
          </Collapse>
        </>
      )}
    </nav>
  );
}
