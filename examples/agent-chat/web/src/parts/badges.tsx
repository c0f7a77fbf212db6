// Statuses and priorities as badges: the same word and colour wherever they are shown.

import { Badge } from "@mantine/core";
import {
  IconAlertOctagon,
  IconCircleCheck,
  IconCircleDashed,
  IconProgress,
  type IconProps,
  IconXboxX,
} from "@tabler/icons-react";
import type { Priority, TaskStatus } from "@tautline/agent-chat";
import type { ComponentType } from "react";
import { PRIORITY_WORDS, STATUS_WORDS } from "../state/words.js";

/** How a status looks. */
export const STATUS_LOOKS: Readonly<
  Record<TaskStatus, { color: string; Icon: ComponentType<IconProps> }>
> = {
  pending: { color: "gray", Icon: IconCircleDashed },
  in_progress: { color: "blue", Icon: IconProgress },
  completed: { color: "teal", Icon: IconCircleCheck },
  failed: { color: "red", Icon: IconAlertOctagon },
  cancelled: { color: "gray", Icon: IconXboxX },
};

const PRIORITY_COLORS: Readonly<Record<Priority, string>> = {
  low: "gray",
  medium: "blue",
  high: "orange",
  critical: "red",
};

/** Where a task stands. */
export function StatusBadge({ status }: { status: TaskStatus }) {
  const { color, Icon } = STATUS_LOOKS[status];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      size="sm"
      leftSection={<Icon size={12} aria-hidden />}
    >
      {STATUS_WORDS[status]}
    </Badge>
  );
}

/** How much a task matters. */
export function PriorityBadge({ priority }: { priority: Priority }) {
  return (
    <Badge variant="dot" color={PRIORITY_COLORS[priority]} tt="none" size="sm">
      {PRIORITY_WORDS[priority]}
    </Badge>
  );
}
