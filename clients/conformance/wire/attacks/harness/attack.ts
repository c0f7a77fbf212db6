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
import { gather } from "./crowd.js";
import { open, RawSocket } from "./raw.js";
import { addToReport } from "./report.js";

/** Whether this is the long run, which holds the users' p99 to twice the quiet one. */
const IS_LONG = process.env["ATTACKS"] === "long";

/** How often it is carried out, each time against another server: most attackers are out within a second. */
const ROUNDS = IS_LONG ? 10 : 1;

/** How many answers the users get in each round, at least: before the attack, and from its beginning on. */
const ANSWERS = 120;

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
export function attack(name: string, what: Attack): void {
  it(name, async () => {
    const rounds: Round[] = [];
    while (rounds.length < ROUNDS) rounds.push(await round(what));

    const [calm, busy] = [
      p99(rounds.map(({ quiet }) => quiet)),
      p99(rounds.map(({ stormy }) => stormy)),
    ];
    const stormy = rounds.flatMap((it) => it.stormy.took);
    const failures = rounds.flatMap((it) => it.stormy.failures);
    const grown = Math.max(...rounds.map((it) => it.grown));
    addToReport([
      name,
      rounds.at(-1)?.said ?? "",
      `${stormy.length - failures.length} of ${stormy.length}`,
      `${calm.toFixed(1)} ms`,
      `${busy.toFixed(1)} ms`,
      `${grown.toFixed(1)} MiB (${what.memory})`,
    ]);
    expect(rounds.flatMap((it) => it.quiet.failures)).toEqual([]);
    expect(failures).toEqual([]);
    expect(grown).toBeLessThan(what.memory);
    expect(busy).toBeLessThan(IS_LONG ? 2 * calm : Math.max(2 * calm, NOISE_MS));
  });
}

/** What was seen of one attack. */
interface Round {
  readonly said: string;
  readonly quiet: Span;
  readonly stormy: Span;
  /** By how much the server's process grew, in MiB. */
  readonly grown: number;
}

async function round({ options = {}, run }: Attack): Promise<Round> {
  const server = await serve(options);
  const crowd = await gather(server.url);
  const quiet = await crowd.talk(ANSWERS).end();
  const before = resident(server.pid);
  let peak = before;
  const look = setInterval(() => {
    peak = Math.max(peak, resident(server.pid));
  }, 50);
  // Also when the attack takes too long.
  atEnd(() => clearInterval(look));

  const talk = crowd.talk(ANSWERS);
  const said = await run({ server, url: server.url });
  const stormy = await talk.end();

  clearInterval(look);
  const grown = (Math.max(peak, resident(server.pid)) - before) / MIB;
  await expectAlive(server);
  crowd.leave();
  await server.kill();
  return { said, quiet, stormy, grown };
}

/** A server as it comes, whose journal is a file. */
async function serve(options: ServerOptions): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "tautline-attack-"));
  const journal = join(folder, "journal.db");
  const server = await startServer({ limits: "default", journal, ...options });
  atEnd(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return server;
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

function p99(spans: readonly Span[]): number {
  const sorted = spans.flatMap(({ took }) => took).sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
