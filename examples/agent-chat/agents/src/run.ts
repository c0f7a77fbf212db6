// Runs an agent as a program of its own, until it is told to end.

import type { AgentCard } from "@tautline/agent-chat";
import { type Agent, startAgent, type Work } from "./agent.js";
import { readEnvironment } from "./environment.js";
import { pause } from "./pause.js";
import { signIn } from "./sign-in.js";

/** Starts the agent of this card, under the name that the environment gives it. */
export function run(card: AgentCard, work: (agent: Agent) => Work): void {
  const environment = readable(card.agentId);
  if (!environment) return;
  const { server, agentId, paceMs } = environment;
  const end = startAgent(
    {
      card: { ...card, agentId },
      paceMs,
      pause,
      log: (line) => void process.stdout.write(`${agentId}: ${line}\n`),
      connection: { url: server, auth: () => signIn(server, agentId) },
    },
    work,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
}

function readable(name: string) {
  try {
    return readEnvironment(name, process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 2;
    return undefined;
  }
}
