// A hundred people and ten agents for a minute against the server that `make demo` serves: nothing fails but what is
// provoked, and the server does not grow.

import { setTimeout as pause } from "node:timers/promises";
import { Chat } from "@tautline/agent-chat";
import {
  pause as agentsPause,
  planner,
  plannerCard,
  scribe,
  scribeCard,
  signIn,
  startAgent,
} from "@tautline/agent-chat-agents";
import { expect, onTestFinished, test } from "vitest";
import { startChat } from "../harness/chat.js";
import { dice } from "./dice.js";
import { residentKib } from "./memory.js";
import { arrive, live, type Person } from "./person.js";
import { PROVOKED, PROVOKED_CODES, provoke } from "./provoke.js";
import { tally } from "./tally.js";

const PEOPLE = 100;
const SESSIONS = 20;
const AGENTS = 10;
const SECONDS = 60;
const SEED = Number(process.env["LOAD_SEED"] ?? 1);

test(`${PEOPLE} people and ${AGENTS} agents for ${SECONDS} seconds`, async () => {
  const chat = await startChat({ agents: [] });
  const measured = tally();
  const chance = dice(SEED);
  const scribes = startAgents(chat.url, "scribe", AGENTS / 2);
  const planners = startAgents(chat.url, "planner", AGENTS / 2);
  const people = Array.from({ length: PEOPLE }, (_, index) =>
    arrive({ url: chat.url, name: `person-${index}`, chance: dice(SEED + index), tally: measured }),
  );
  onTestFinished(() => {
    for (const { client } of people) client.close();
  });

  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, async (_, index) => {
      const members = people.filter((_, person) => person % SESSIONS === index);
      const [host, ...others] = members as [Person, ...Person[]];
      const agents = { scribe: chance.pick(scribes), planner: chance.pick(planners) };
      const created = await host.client.run(Chat.commands.createSession, {
        title: `Session ${index}`,
        members: [...others.map(({ name }) => name), agents.scribe, agents.planner],
      });
      if (!created.ok) throw new Error(`no session: ${created.problem.code}`);
      // One person decides, so that nobody is too late.
      host.client.answer(Chat.questions.approveTool, () => "once" as const);
      return { sessionId: created.value.sessionId, members, agents };
    }),
  );

  const end = new AbortController();
  const began = performance.now();
  const until = (second: number) => pause(Math.max(0, began + second * 1000 - performance.now()));
  const lives = sessions.flatMap(({ sessionId, members, agents }) =>
    members.map((person) => live(person, sessionId, agents, end.signal)),
  );
  await until(20);
  const early = await residentKib(chat.pid);
  await until(30);
  const [first, second] = sessions;
  const [troublemaker] = first?.members ?? [];
  if (!first || !second || !troublemaker) throw new Error("there are two sessions");
  await provoke(troublemaker, first.sessionId, second.sessionId);
  await until(SECONDS);
  const late = await residentKib(chat.pid);
  end.abort();
  await Promise.all(lives);

  const stats = await chat.stats();
  const growth = (100 * (late - early)) / early;
  const heard = people.reduce((sum, person) => sum + person.heard, 0);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  console.log(
    [
      `${measured.count} commands, ${heard} messages delivered, ${stats.connections} connections`,
      `seen by people: p50 ${ms(measured.quantile(0.5))}, p99 ${ms(measured.quantile(0.99))}`,
      `counted by the server: p50 ${ms(stats.p50Ms)}, p99 ${ms(stats.p99Ms)}`,
      `memory: ${early} KiB at second 20, ${late} KiB at second ${SECONDS}: ${growth.toFixed(1)} %`,
      `refused: ${JSON.stringify(measured.refused)}; by the server: ${JSON.stringify(stats.errors)}`,
    ].join("\n"),
  );
  expect(measured.refused).toEqual(PROVOKED);
  expect(stats.errors).toEqual(PROVOKED_CODES);
  expect(people.filter(({ heard }) => heard === 0)).toEqual([]);
  expect(growth).toBeLessThan(5);
});

/** Starts so many agents of a kind, all in this process, and gives their names. They end with the test. */
function startAgents(url: string, kind: "scribe" | "planner", count: number): string[] {
  const [card, work] = kind === "scribe" ? [scribeCard, scribe] : [plannerCard, planner];
  return Array.from({ length: count }, (_, index) => {
    const agentId = `${kind}-${index}`;
    const end = startAgent(
      {
        card: { ...card, agentId },
        paceMs: 120,
        pause: agentsPause,
        log: () => {},
        connection: { url, auth: () => signIn(url, agentId) },
      },
      work,
    );
    onTestFinished(end);
    return agentId;
  });
}
