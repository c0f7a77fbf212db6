// A person or an agent, as a picture.

import { Avatar, Indicator } from "@mantine/core";
import type { UserId } from "@tautline/agent-chat";
import { useAgent } from "../state/use-agents.js";
import { nameOf } from "../state/words.js";
import { AgentIcon } from "./agent-icon.js";

interface WhoProps {
  readonly subject: UserId;
  readonly size?: number;
  /** Shows a green dot. */
  readonly isHere?: boolean;
}

/** The picture of somebody; the name stands beside it, so that it is hidden from screen readers. */
export function Who({ subject, size = 36, isHere = false }: WhoProps) {
  const agent = useAgent(subject);
  const picture = agent ? (
    <Avatar size={size} radius="md" variant="filled" color={agent.card.color} aria-hidden>
      <AgentIcon name={agent.card.icon} size={Math.round(size * 0.55)} />
    </Avatar>
  ) : (
    <Avatar size={size} radius="xl" name={nameOf(subject)} color={colorOf(subject)} aria-hidden />
  );
  return (
    <Indicator
      inline
      disabled={!isHere}
      color="teal"
      size={10}
      offset={size > 30 ? 4 : 2}
      position="bottom-end"
      withBorder
      className="who"
    >
      {picture}
    </Indicator>
  );
}

const COLORS = ["indigo", "teal", "orange", "grape", "cyan", "pink", "lime", "violet"];

/** The same colour for the same person, on every page. */
export function colorOf(subject: UserId): string {
  const sum = [...subject].reduce(
    (all, letter) => (all * 31 + (letter.codePointAt(0) ?? 0)) % 997,
    7,
  );
  return COLORS[sum % COLORS.length] ?? "indigo";
}
