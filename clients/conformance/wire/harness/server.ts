// Starts the server under test, and stops and starts it again on the same port.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll } from "vitest";
import { SERVER } from "./paths.js";
import { SECRET } from "./token.js";

/** What a test may say about the server that it wants. */
export interface ServerOptions {
  /** Which contract it serves; the conformance contract unless told. */
  readonly contract?: "conformance" | "profile" | "quickstart";
  /** Whether clients may poll. */
  readonly polling?: boolean;
  /** The largest frame, in bytes. */
  readonly frameBytes?: number;
  /** How long a connection may take to say what it wants, in milliseconds. */
  readonly connectMs?: number;
  /** How long a client may take nothing, in milliseconds. */
  readonly stallMs?: number;
  /** How often the server pings, and how long it waits for the answer, in milliseconds. */
  readonly pingMs?: number;
  /** How often members are told how far their rooms are, in milliseconds. */
  readonly headsMs?: number;
  /** How long a connection outlives its token, in milliseconds. */
  readonly graceMs?: number;
  /** Pages of which other origins may connect, separated by commas. */
  readonly origins?: string;
  /** Whether it has the limits of a server on the open internet, for which everybody is a stranger; none unless told. */
  readonly limits?: "default";
  /** Networks whose word on a client's address is taken, separated by commas. */
  readonly trustedProxies?: string;
  /** The file of a public key whose tokens it takes, too. */
  readonly publicKey?: string;
  /** The file of its journal; in memory, and gone with the process, unless told. */
  readonly journal?: string;
  /** Where the first command that gets there, or that of a number, stops for good, to be killed there. */
  readonly failpoint?: Failpoint | `${Failpoint}:${number}`;
}

/** A named place in the life of a command. */
export type Failpoint = "handler" | "staged" | "committed" | "published" | "acked";

/** How a server ended. */
export interface Ended {
  readonly code: number | null;
  /** The last thing that it said: what it has counted. */
  readonly stats: { readonly visits: readonly Visit[] };
}

/** One connection's stay in `/work`. */
export interface Visit {
  readonly connection: string;
  readonly departures: number;
  readonly reason?: string;
}

/** A running server. */
export interface TestServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** The number of its process. */
  readonly pid: number;
  /** What it has logged. */
  readonly log: readonly string[];
  /** Waits for a line of the log that has all these words, and gives it. */
  logged(...words: readonly string[]): Promise<string>;
  /** Waits until so many lines have them. */
  loggedTimes(count: number, ...words: readonly string[]): Promise<void>;
  /** Asks it to end, and returns when it has. */
  stop(signal?: "SIGINT" | "SIGTERM"): Promise<Ended>;
  /** Ends it at once, as a crash does: nothing is said, nothing is finished. */
  kill(): Promise<void>;
  /** Waits until a command has stopped at the failpoint. */
  stopped(): Promise<void>;
  /** Starts it again on the port that it had, with other options where there are some. */
  start(options?: ServerOptions): Promise<void>;
}

/** A server for all tests of a file. */
export function serverForFile(options: ServerOptions = {}): { readonly url: string } {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(options);
  });
  afterAll(async () => {
    await server.stop();
  });
  return {
    get url() {
      return server.url;
    },
  };
}

/** Starts a server on a free port. Stop it when the test is over. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  let running = await launch("127.0.0.1:0", options);
  const { url } = running;

  return {
    url,
    get pid() {
      return running.child.pid ?? 0;
    },
    get log() {
      return running.log;
    },
    logged: async (...words) => (await running.logged(1, words))[0] ?? "",
    loggedTimes: async (count, ...words) => void (await running.logged(count, words)),
    async stop(signal = "SIGINT") {
      running.child.kill(signal);
      return running.ended;
    },
    async kill() {
      running.child.kill("SIGKILL");
      await running.ended;
    },
    stopped: () => running.stopped,
    async start(changes = {}) {
      running = await launch(new URL(url).host, { ...options, ...changes });
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<Ended>;
  readonly log: readonly string[];
  readonly logged: (count: number, words: readonly string[]) => Promise<readonly string[]>;
  readonly stopped: Promise<void>;
}

async function launch(address: string, options: ServerOptions): Promise<Running> {
  const child = spawn(SERVER, {
    env: environment(address, options),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  const log: string[] = [];
  const read = createInterface({ input: child.stderr });
  read.on("line", (line) => log.push(line));
  const logged = (count: number, words: readonly string[]) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const fits = (line: string) => words.every((word) => line.includes(word));
      const found = log.filter(fits);
      const look = (line?: string) => {
        if (line !== undefined && fits(line)) found.push(line);
        if (found.length < count) return;
        read.off("line", look);
        resolve(found);
      };
      read.on("line", look);
      look();
      child.once("close", () => reject(new Error(`it ended, and never said ${words.join(" ")}`)));
    });

  const ended = once(child, "close").then(([code]): Ended => {
    // One that was killed has said nothing.
    return { code, stats: JSON.parse(said.find((line) => line.startsWith("{")) ?? "{}") };
  });
  // A server that nobody stops is a test's own affair; its end is awaited by `stop` alone.
  ended.catch(() => {});

  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      if (line.startsWith("stopped at ")) stop();
      if (line.startsWith("http://")) resolve(line);
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`the server ended:\n${log.join("\n")}`)));
  });
  return { child, url, ended, log, logged, stopped };
}

function environment(address: string, options: ServerOptions): NodeJS.ProcessEnv {
  const { contract, polling, frameBytes, stallMs, pingMs, headsMs, graceMs } = options;
  const switches = {
    ADDRESS: address,
    TAUTLINE_SECRET: SECRET,
    CONTRACT: contract,
    POLLING: polling,
    FRAME_BYTES: frameBytes,
    CONNECT_MS: options.connectMs,
    STALL_MS: stallMs,
    PING_MS: pingMs,
    HEADS_MS: headsMs,
    GRACE_MS: graceMs,
    ORIGINS: options.origins,
    LIMITS: options.limits,
    TRUSTED_PROXIES: options.trustedProxies,
    PUBLIC_KEY: options.publicKey,
    // Tests read what it logs.
    NO_COLOR: 1,
    JOURNAL: options.journal,
    FAILPOINT: options.failpoint,
  };
  const said = Object.entries(switches).filter(([, value]) => value !== undefined);
  return {
    ...process.env,
    ...Object.fromEntries(said.map(([key, value]) => [key, String(value)])),
  };
}
