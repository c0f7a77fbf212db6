// One attack: a real server as it comes, a crowd of ordinary users on it, a quiet while, the attack, and what must be
// true of them all afterwards.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { atEnd, okOf, stock } from "../../harness/clients.js";
import { type ServerOptions, startServer, type TestServer } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { CIRCLE, type Span } from "../crowd/protocol.js";
import { gather, type Talk } from "./crowd.js";
import { open, RawSocket } from "./raw.js";
import { addToReport } from "./report.js";

/** Whether this is the long run, which holds the users' p99 to twice the quiet one. */
const IS_LONG = process.env["ATTACKS"] === "long";

/** How many answers a p99 is taken of, at least. */
const ANSWERS = IS_LONG ? 2_000 : 120;

/** In the short run, what a busy machine may add to a p99 without an attack, in milliseconds. */
const NOISE_MS = 400;

const MIB = 1024 * 1024;

/** What an attack has before it. */
export interface Field {
  readonly server: TestServer;
  readonly url: string;
}

/** What an attack is. */
export interface Attack {
  /** By how much it may make the server's process grow, in MiB. */
  readonly memory: number;
  /** What else the server is told; it has the limits that it comes with. */
  readonly options?: ServerOptions;
  /** Carries it out, and says how it ended. */
  run(field: Field): Promise<string>;
}

/** The address from which attackers come. */
export const ATTACKER = "127.0.0.66";

/** The address of whoever comes afterwards. */
const NEWCOMER = "127.0.0.77";

/** Comes again and again to do the same, until it is not let in any more; says how often it was. */
export async function untilBanned(
  url: string,
  namespace: string,
  auth: object,
  offend: (socket: RawSocket) => Promise<unknown>,
): Promise<number> {
  for (let times = 0; ; times += 1) {
    const socket = await patiently(url);
    const refusal = await socket.enter(namespace, auth).catch(() => "put out");
    if (refusal === "banned") return times;
    // One that was put out while it came in is let in once more.
    if (refusal === undefined) await offend(socket);
    await socket.closed;
  }
}

/** Opens a websocket, as soon as its address may. */
export async function patiently(url: string): Promise<RawSocket> {
  for (;;) {
    const opened = await open(url, { from: ATTACKER });
    if (opened instanceof RawSocket) return opened;
    expect(opened.status).toBe(429);
  }
}

/** A test of one attack. */
export function attack(name: string, { memory, options = {}, run }: Attack): void {
  it(name, async () => {
    const server = await serve(options);
    const crowd = await gather(server.url);
    const quiet = await during(crowd.talk(ANSWERS), async () => "");
    const before = resident(server.pid);
    let peak = before;
    const look = setInterval(() => {
      peak = Math.max(peak, resident(server.pid));
    }, 50);

    // Also when the attack takes too long.
    atEnd(() => clearInterval(look));
    const stormy = await during(crowd.talk(ANSWERS), () => run({ server, url: server.url }));

    clearInterval(look);
    const grown = (Math.max(peak, resident(server.pid)) - before) / MIB;
    const [calm, busy] = [p99(quiet.span), p99(stormy.span)];
    const answered = stormy.span.took.length - stormy.span.failures.length;
    addToReport([
      name,
      stormy.said,
      `${answered} of ${stormy.span.took.length}`,
      `${calm.toFixed(1)} ms`,
      `${busy.toFixed(1)} ms`,
      `${grown.toFixed(1)} MiB (${memory})`,
    ]);
    expect(quiet.span.failures).toEqual([]);
    expect(stormy.span.failures).toEqual([]);
    expect(grown).toBeLessThan(memory);
    expect(busy).toBeLessThan(IS_LONG ? 2 * calm : Math.max(2 * calm, NOISE_MS));
    await expectAlive(server);
  });
}

/** A server as it comes, whose journal is a file. */
async function serve(options: ServerOptions): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "tautline-attack-"));
  const journal = join(folder, "journal.db");
  const server = await startServer({ limits: "default", journal, ...options });
  atEnd(async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  });
  return server;
}

/** Does something while everybody talks, and until they have talked enough. */
async function during(
  talk: Talk,
  run: () => Promise<string>,
): Promise<{ said: string; span: Span }> {
  const said = await run();
  return { said, span: await talk.end() };
}

/** Somebody who comes after the attack is let in and answered, and nothing has panicked. */
async function expectAlive(server: TestServer): Promise<void> {
  const client = await stock(server.url, "/chat", { token: sign({ sub: "newcomer" }) }, NEWCOMER);
  okOf(await client.call("join_circle", { circleId: CIRCLE }));
  okOf(await client.call("say", { circleId: CIRCLE, text: "who is there?" }));
  expect(server.log.filter((line) => line.includes("panick"))).toEqual([]);
}

/** The memory that a process holds, in bytes. */
function resident(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) * 1024;
}

function p99({ took }: Span): number {
  const sorted = [...took].sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
