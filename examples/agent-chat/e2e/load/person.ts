// One simulated person: signs in, sits in a session, and does what people do there, at their own pace.

import { setTimeout as pause } from "node:timers/promises";
import { Chat, contract, type SessionId, Tasks } from "@tautline/agent-chat";
import { type Client, createClient } from "@tautline/client";
import type { Dice } from "./dice.js";
import type { Tally } from "./tally.js";

/** What a person is made of. */
export interface PersonParts {
  readonly url: string;
  readonly name: string;
  readonly chance: Dice;
  readonly tally: Tally;
}

/** A person who is connected. */
export interface Person extends PersonParts {
  readonly client: Client;
  /** How many messages have arrived. */
  heard: number;
}

/** Signs a person in. */
export function arrive(parts: PersonParts): Person {
  const { url, name, tally } = parts;
  const client = createClient({
    url,
    contract,
    logger: false,
    auth: async () => {
      const response = await fetch(`${url}/sign-in`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name, role: "member" }),
      });
      if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
      return ((await response.json()) as { token: string }).token;
    },
  });
  const person: Person = { ...parts, client, heard: 0 };
  client.onProblem((problem, event) => tally.note(event, problem));
  client.connect();
  return person;
}

/** Sits in a session until `signal` is aborted. */
export async function live(
  person: Person,
  sessionId: SessionId,
  agents: { readonly scribe: string; readonly planner: string },
  signal: AbortSignal,
): Promise<void> {
  const { client, name, chance } = person;
  const room = client.join(Chat.rooms.chatSession, { sessionId });
  client.join(Tasks.rooms.dashboard, { owner: name });
  await room.present({ name, isAgent: false });
  client.on(Chat.events.messageCreated, (_, meta) => {
    person.heard += 1;
    room.read(meta);
  });

  for (let number = 1; !signal.aborted; number += 1) {
    await pause(1_000 + 2_000 * chance());
    if (signal.aborted) break;
    await act(person, sessionId, agents, number);
  }
}

async function act(
  { client, name, chance, tally }: Person,
  sessionId: SessionId,
  { scribe, planner }: { readonly scribe: string; readonly planner: string },
  number: number,
): Promise<void> {
  const luck = chance();
  if (luck < 0.1) {
    const page = { sessionId, limit: 50 };
    await tally.time("list_messages", client.run(Chat.commands.listMessages, page));
  } else if (luck < 0.13) {
    const task = {
      sessionId,
      title: `Task ${number} of ${name}`,
      description: "Look at it. Decide.",
      priority: chance.pick(["low", "medium", "high", "critical"] as const),
      agents: [planner],
    };
    await tally.time("create_task", client.run(Tasks.commands.createTask, task));
  } else {
    void client.run(Chat.commands.typing, { sessionId });
    const text =
      luck < 0.2 ? `@${scribe} what about point ${number}?` : `${name} says something, ${number}.`;
    const message = { sessionId, body: { type: "text" as const, text } };
    await tally.time("send_message", client.run(Chat.commands.sendMessage, message));
  }
}
