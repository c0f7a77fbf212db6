// What an agent does about a connection that is lost: it waits for another one, and tries again.

import type { Client, Problem, Result } from "@tautline/client";
import type { Pause } from "./pause.js";
import { until } from "./until.js";

/** What patience takes. */
export interface Waiting {
  readonly client: Client;
  readonly paceMs: number;
  readonly pause: Pause;
  readonly signal: AbortSignal;
}

/** Tries until the answer is not that the connection was lost. For what may be done twice. */
export async function patiently<Answer, P extends Problem>(
  { client, paceMs, pause, signal }: Waiting,
  attempt: () => Promise<Result<Answer, P>>,
): Promise<Result<Answer, P>> {
  for (;;) {
    const result = await attempt();
    if (result.ok || result.problem.category !== "connection") return result;
    await pause(paceMs, signal);
    await until(client.connection, isConnected, signal);
  }
}

function isConnected<T extends { readonly status: string }>(
  connection: T,
): connection is T & { readonly status: "connected" } {
  return connection.status === "connected";
}
