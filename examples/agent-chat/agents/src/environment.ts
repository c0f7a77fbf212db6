// What an agent is told by its environment. Nothing else of it is read anywhere.

/** How an agent is run. */
export interface Environment {
  /** The origin of the server: `http://127.0.0.1:4000`. */
  readonly server: string;
  /** The name under which it signs in and registers. */
  readonly agentId: string;
  /** How long it takes over a part of an answer, or a tenth of a step, in milliseconds. */
  readonly paceMs: number;
}

/** The pace at which a person can follow what is written. */
const PACE_MS = 120;

/** Reads the environment of the agent that is called `name` unless told. All mistakes come at once. */
export function readEnvironment(name: string, env: NodeJS.ProcessEnv): Environment {
  const mistakes: string[] = [];
  const server = env["SERVER"] ?? "http://127.0.0.1:4000";
  if (!/^https?:$/.test(protocolOf(server))) {
    mistakes.push(`SERVER is \`${server}\`: write the server's address, as http://127.0.0.1:4000`);
  }
  const agentId = env["AGENT"] ?? name;
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(agentId)) {
    mistakes.push(`AGENT is \`${agentId}\`: write a name of small letters, digits and dashes`);
  }
  const paceMs = Number(env["PACE_MS"] ?? PACE_MS);
  if (!Number.isInteger(paceMs) || paceMs < 0) {
    mistakes.push(
      `PACE_MS is \`${env["PACE_MS"]}\`: write a number of milliseconds, as ${PACE_MS}`,
    );
  }
  if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
  return { server: new URL(server).origin, agentId, paceMs };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : "";
}
