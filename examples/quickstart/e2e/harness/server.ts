// Starts the quickstart's own program, and stops and starts it again on the same port.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type PageName, POLLING_SERVER, SERVER, serverFolder } from "./paths.js";
import { SECRET } from "./token.js";

/** What a test may say about the server that it wants. */
export interface ServerOptions {
  /** Which page it serves; the development build of the quickstart unless told. */
  readonly page?: PageName;
  /** Whether clients may poll. Such a server has no page of its own: `startFront` serves one. */
  readonly polling?: boolean;
}

/** A running server. */
export interface QuickstartServer {
  /** Where the page is, without a slash at the end. */
  readonly url: string;
  /** Everything that it has printed so far, a line each. */
  readonly lines: readonly string[];
  /** Stops it as Ctrl-C does, and returns when it is gone. */
  stop(): Promise<void>;
  /** Starts it again on the port that it had. */
  start(): Promise<void>;
}

/** Starts a server on a free port. Stop it in the test's `afterEach`. */
export async function startServer(options: ServerOptions = {}): Promise<QuickstartServer> {
  const lines: string[] = [];
  let running = await launch("127.0.0.1:0", options, lines);
  const url = running.url;

  return {
    url,
    lines,
    stop: async () => {
      if (running.child.exitCode !== null || running.child.signalCode !== null) return;
      const gone = once(running.child, "exit");
      running.child.kill("SIGINT");
      await gone;
    },
    start: async () => {
      running = await launch(new URL(url).host, options, lines);
    },
  };
}

async function launch(
  address: string,
  { page = "development", polling = false }: ServerOptions,
  lines: string[],
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(polling ? POLLING_SERVER : SERVER, {
    cwd: serverFolder(page),
    env: {
      ...process.env,
      ADDRESS: address,
      TAUTLINE_SECRET: SECRET,
      RUST_LOG: "info,tautline_server=debug",
      NO_COLOR: "1",
      ...(polling && { CONTRACT: "quickstart", POLLING: "true" }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const failed = once(child, "error").then(([error]) => Promise.reject(error));

  const url = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
        if (found) resolve(found[0]);
      });
    }
    child.once("exit", () => reject(new Error(`the server ended at once:\n${lines.join("\n")}`)));
  });

  return { child, url: await Promise.race([url, failed]) };
}

/** How many sessions the server says are alive: those that connected and have not disconnected. */
export function liveSessions({ lines }: QuickstartServer): number {
  const told = (event: string) => lines.filter((line) => line.includes(`: ${event} connection=`));
  return told("connected").length - told("disconnected").length;
}
