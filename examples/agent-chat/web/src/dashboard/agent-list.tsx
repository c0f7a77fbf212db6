// The agents, and what each of them is doing.

import { Badge, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconRobot } from "@tabler/icons-react";
import type { Activity, Agent } from "@tautline/agent-chat";
import { useRoomState } from "@tautline/react";
import { Empty } from "../parts/empty.js";
import { Who } from "../parts/who.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import { useConnectedAgents } from "../state/use-agents.js";
import { activityWords } from "../state/words.js";
import { ROSTER, rosterState } from "../state/work-states.js";

/** All agents. */
export function AgentList() {
  const { state, problem } = useRoomState(rosterState, ROSTER);
  const connected = useConnectedAgents();
  return (
    <section className="panel" aria-labelledby="agents">
      <div className="panel-head">
        <Title order={2} fz={15} id="agents">
          Agents
        </Title>
        {state && (
          <Text size="xs" c="dimmed">
            {connected.size} of {state.agents.length} connected
          </Text>
        )}
      </div>
      {state ? (
        state.agents.length === 0 ? (
          <Empty icon={IconRobot} title="No agents yet">
            Agents show up here as soon as one of them connects.
          </Empty>
        ) : (
          state.agents.map((agent) => (
            <AgentRow
              key={agent.card.agentId}
              agent={agent}
              isConnected={connected.has(agent.card.agentId)}
            />
          ))
        )
      ) : problem && problem.category !== "connection" ? (
        <div style={{ padding: 16 }}>
          <ProblemAlert problem={problem} />
        </div>
      ) : (
        <Stack p="md" role="status" aria-label="Loading agents">
          {[120, 90].map((width) => (
            <Group key={width} wrap="nowrap">
              <Skeleton height={40} width={40} radius="md" />
              <Skeleton height={12} width={width} radius="xl" />
            </Group>
          ))}
        </Stack>
      )}
    </section>
  );
}

function AgentRow({ agent, isConnected }: { agent: Agent; isConnected: boolean }) {
  const { agentId, name, description, capabilities } = agent.card;
  return (
    <article className="agent-row" aria-label={name}>
      <Who subject={agentId} size={40} isHere={isConnected} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Group gap={8} justify="space-between" wrap="nowrap">
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <ActivityBadge activity={agent.activity} isConnected={isConnected} />
        </Group>
        <Text size="xs" c="dimmed" mt={2}>
          {agent.activity.type === "error" && "message" in agent.activity
            ? String(agent.activity.message)
            : description}
        </Text>
        <Group gap={4} mt={6}>
          {capabilities.map((it) => (
            <Badge
              key={it.name}
              size="xs"
              variant="default"
              tt="none"
              fw={500}
              title={it.description}
            >
              {it.name}
            </Badge>
          ))}
        </Group>
      </div>
    </article>
  );
}

const COLORS: Readonly<Record<string, string>> = {
  idle: "teal",
  thinking: "yellow",
  responding: "blue",
  error: "red",
};

function ActivityBadge({ activity, isConnected }: { activity: Activity; isConnected: boolean }) {
  if (!isConnected) {
    return (
      <Badge size="sm" variant="light" color="gray" tt="none">
        Away
      </Badge>
    );
  }
  return (
    <Badge size="sm" variant="light" color={COLORS[activity.type] ?? "gray"} tt="none">
      {activityWords(activity)}
    </Badge>
  );
}
