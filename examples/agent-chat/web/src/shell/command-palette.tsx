// Jumps anywhere from the keyboard.

import { Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import {
  IconHash,
  IconLayoutDashboard,
  IconListDetails,
  IconMessagePlus,
  IconSearch,
} from "@tabler/icons-react";
import { useRoomState } from "@tautline/react";
import { useNavigate } from "react-router";
import { useSubject } from "../identity/identity-context.js";
import { useSessions } from "../state/sessions-context.js";
import { STATUS_WORDS } from "../state/words.js";
import { dashboardState } from "../state/work-states.js";

/** Opened by Ctrl K, or by the button in the head of the page. */
export function CommandPalette({ onNewSession }: { onNewSession: () => void }) {
  const navigate = useNavigate();
  const owner = useSubject();
  const { sessions = [] } = useSessions();
  const { state } = useRoomState(dashboardState, { owner });

  const places: SpotlightActionData[] = [
    {
      id: "dashboard",
      label: "Dashboard",
      leftSection: <IconLayoutDashboard size={18} aria-hidden />,
      onClick: () => navigate("/"),
    },
    {
      id: "new conversation",
      label: "New conversation",
      leftSection: <IconMessagePlus size={18} aria-hidden />,
      onClick: onNewSession,
    },
  ];
  const conversations = sessions.map(
    ({ sessionId, title }): SpotlightActionData => ({
      id: `session ${sessionId}`,
      label: title,
      leftSection: <IconHash size={18} aria-hidden />,
      onClick: () => navigate(`/sessions/${encodeURIComponent(sessionId)}`),
    }),
  );
  const tasks = (state?.tasks ?? []).map(
    ({ taskId, title, status }): SpotlightActionData => ({
      id: `task ${taskId}`,
      label: title,
      description: STATUS_WORDS[status],
      leftSection: <IconListDetails size={18} aria-hidden />,
      onClick: () => navigate(`/tasks/${encodeURIComponent(taskId)}`),
    }),
  );

  return (
    <Spotlight
      shortcut={["mod + K"]}
      highlightQuery
      limit={8}
      nothingFound="Nothing of this name"
      searchProps={{
        placeholder: "Search conversations and tasks",
        "aria-label": "Search conversations and tasks",
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
      actions={[
        { group: "Go to", actions: places },
        ...(conversations.length > 0 ? [{ group: "Conversations", actions: conversations }] : []),
        ...(tasks.length > 0 ? [{ group: "Tasks", actions: tasks }] : []),
      ]}
    />
  );
}
