// The programs of a test: started, read line by line, and ended with it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program that runs. */
export interface Program {
  readonly pid: number;
  /** Everything that it has printed so far, a line each. */
  readonly lines: readonly string[];
  /** Waits for a line that it prints, or has printed. Rejects when it ends without. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to end, as Ctrl-C does, and returns when it has. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

/** Starts a program with this beside the environment of the tests. */
export function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Program {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const hear = (line?: string) => {
    if (line !== undefined) lines.push(line);
    for (const listener of [...listeners]) listener();
  };
  let trouble: Error | undefined;
  child.once("error", (error) => {
    trouble = error;
    hear();
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", hear);
  }
  child.once("close", () => hear());

  return {
    pid: child.pid ?? -1,
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.map((line) => pattern.exec(line)).find((it) => it !== null);
          const ended = hasEnded(child) || trouble;
          if (!found && !ended) return;
          listeners.delete(look);
          if (found) resolve(found);
          else reject(trouble ?? new Error(`${file} ended:\n${lines.join("\n")}`));
        };
        listeners.add(look);
        look();
      }),
    stop: () => end(child, "SIGINT"),
    kill: () => end(child, "SIGKILL"),
  };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
