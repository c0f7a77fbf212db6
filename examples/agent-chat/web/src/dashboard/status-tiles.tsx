// How many tasks there are of each status. A tile is a filter as well.

import { Group, SimpleGrid, Skeleton, Text, UnstyledButton } from "@mantine/core";
import type { TaskCounts, TaskStatus } from "@tautline/agent-chat";
import { STATUS_LOOKS } from "../parts/badges.js";
import { STATUS_WORDS } from "../state/words.js";
import { COUNT_OF } from "../state/work-states.js";

interface StatusTilesProps {
  /** `undefined` until they are known. */
  readonly counts: TaskCounts | undefined;
  readonly filter: TaskStatus | undefined;
  readonly onFilter: (status: TaskStatus | undefined) => void;
}

const STATUSES: readonly TaskStatus[] = [
  "pending",
  "in_progress",
  "completed",
  "failed",
  "cancelled",
];

/** Five tiles; a press on the one that is chosen shows all tasks again. */
export function StatusTiles({ counts, filter, onFilter }: StatusTilesProps) {
  return (
    <SimpleGrid cols={{ base: 3, md: 5 }} spacing="sm" role="group" aria-label="Tasks by status">
      {STATUSES.map((status) => {
        const { color, Icon } = STATUS_LOOKS[status];
        const count = counts?.[COUNT_OF[status]];
        return (
          <UnstyledButton
            key={status}
            className="tile"
            aria-pressed={filter === status}
            aria-label={`${STATUS_WORDS[status]}: ${count ?? "loading"}`}
            onClick={() => onFilter(filter === status ? undefined : status)}
          >
            <Group gap={6} wrap="nowrap">
              <Icon size={16} aria-hidden color={`var(--mantine-color-${color}-6)`} />
              <Text size="xs" c="dimmed" fw={550} truncate>
                {STATUS_WORDS[status]}
              </Text>
            </Group>
            {count === undefined ? (
              <Skeleton height={22} width={30} my={5} />
            ) : (
              <Text fz={24} fw={700} lh={1.3}>
                {count}
              </Text>
            )}
          </UnstyledButton>
        );
      })}
    </SimpleGrid>
  );
}
