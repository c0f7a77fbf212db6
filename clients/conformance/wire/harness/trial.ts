// A trial of `/recovery`: a client in a room of its own, what it does by itself, and what has run on the server.

import type { AuthContext, Client, ClientOptions, Problem, RecoveryStep } from "@tautline/client";
import { Recovery, type Tried } from "../src/generated/index.js";
import { okOf, ours, stock, until } from "./clients.js";
import { sign } from "./token.js";
import { unique } from "./unique.js";

/** Tokens of one person, each another one, and why the app was asked for them. */
export function tokensOf(sub: string) {
  const asked: AuthContext[] = [];
  const auth = (cx: AuthContext) => {
    asked.push(cx);
    return sign({ sub, exp: Math.floor(Date.now() / 1000) + 3600 + asked.length });
  };
  return { asked, auth };
}

/** A client that has entered a trial. */
export async function trial(url: string, options: Partial<ClientOptions> = {}) {
  const trialId = unique("trial");
  const { asked, auth } = tokensOf("alice");
  const client: Client = ours(url, { auth, ...options });
  const steps: RecoveryStep[] = [];
  client.onRecovery((step) => void steps.push(step));
  const told = new Promise<Problem>((resolve) => client.onProblem(resolve));
  client.connect();
  const room = client.join(Recovery.rooms.trial, { trialId });
  await until(room, ({ status }) => status === "joined");
  const watcher = await stock(url, "/recovery");
  return {
    ...{ client, trialId, room, told, asked },
    /** What the client did about refusals of this command. */
    moves: (event: string) => steps.filter((step) => step.event === event).map(({ move }) => move),
    /** What has happened on the server. */
    tried: async () => okOf<Tried>(await watcher.call("look_at_trial", { trialId })),
  };
}
