// Stands between clients and a server and breaks what a test tells it to: the program of `clients/conformance/proxy`.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { atEnd } from "./clients.js";
import type { Entry, Half, Rule, Search, Way } from "./faults.js";
import { FAULT_PROXY } from "./paths.js";

/** A wire that a test holds in its hand. */
export interface FaultProxy {
  /** Where clients connect instead. */
  readonly url: string;
  /** Adds a rule behind those that are there: the first that acts on a frame is the only one. */
  add(rule: Rule): Promise<AddedRule>;
  /** Adds rules that are drawn from a seed: the same seed, the same rules. */
  storm(seed: number): Promise<void>;
  /** Takes all rules away. */
  clear(): Promise<void>;
  /** Cuts every link, or one, now. New ones are let through. */
  cut(options?: { readonly link?: number; readonly half?: Half }): Promise<void>;
  /** Takes nothing any more, and tells nobody. */
  halfOpen(options?: { readonly link?: number; readonly way?: Way }): Promise<void>;
  /** Takes what has piled up, and goes on. */
  goOn(options?: { readonly link?: number }): Promise<void>;
  /** Turns clients away that come, until `admit`. */
  refuse(): Promise<void>;
  /** Lets them through again. */
  admit(): Promise<void>;
  /** Changes how long a frame and its answer are on their way together. */
  latency(rttMs: number): Promise<void>;
  /** The links that have not ended, by number. */
  links(): Promise<readonly number[]>;
  /** What happened, in order. */
  find(search?: Search): Promise<readonly Entry[]>;
  /** Waits until so much of it has happened. */
  found(search: Search, count?: number): Promise<readonly Entry[]>;
}

/** A rule in force. */
export interface AddedRule {
  /** What entries of the log call it. */
  readonly number: number;
  remove(): Promise<void>;
}

/** How a proxy begins. */
export interface FaultOptions {
  /** What chance is drawn from. */
  readonly seed?: number;
  readonly rttMs?: number;
}

/** Opens a way to the server at `upstream`. It ends with the test. */
export async function faultProxy(
  upstream: string,
  options: FaultOptions = {},
): Promise<FaultProxy> {
  const ask = launch();
  const { url } = (await ask({ type: "start", upstream, ...options })) as { url: string };
  const add = async (rule: Rule): Promise<AddedRule> => {
    const number = (await ask({ type: "add", rule })) as number;
    return {
      number,
      remove: async () => {
        await ask({ type: "remove", rule: number });
      },
    };
  };
  const order = async (line: object) => {
    await ask(line);
  };
  let refusal: AddedRule | undefined;

  return {
    url,
    add,
    storm: (seed) => order({ type: "storm", seed }),
    clear: () => order({ type: "clear" }),
    cut: (cut = {}) => order({ type: "cut", ...cut }),
    halfOpen: (halfOpen = {}) => order({ type: "half_open", ...halfOpen }),
    goOn: (goOn = {}) => order({ type: "go_on", ...goOn }),
    async refuse() {
      refusal ??= await add({ when: { kind: "link" }, action: { type: "refuse" } });
    },
    async admit() {
      await refusal?.remove();
      refusal = undefined;
    },
    latency: (rttMs) => order({ type: "latency", rttMs }),
    links: async () => (await ask({ type: "links" })) as number[],
    find: async (search = {}) => (await ask({ type: "find", search })) as Entry[],
    found: async (search, count = 1) => (await ask({ type: "found", search, count })) as Entry[],
  };
}

type Answer = { readonly id: number } & (
  | { readonly ok: unknown; readonly error?: undefined }
  | { readonly error: string }
);

const ENDED = "the proxy has ended";

/** Starts the program, and gives what sends it orders. */
function launch(): (order: object) => Promise<unknown> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(FAULT_PROXY, [], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  let orders = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer: Answer = JSON.parse(line);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let hasEnded = false;
  // Whoever still waits learns why nothing comes.
  child.once("close", () => {
    hasEnded = true;
    for (const [id, answered] of waiting) answered({ id, error: ENDED });
  });
  atEnd(async () => {
    hasEnded = true;
    const gone = once(child, "close");
    child.stdin.end();
    await gone;
  });

  return (order) => {
    orders += 1;
    const id = orders;
    if (hasEnded) return Promise.reject(new Error(ENDED));
    child.stdin.write(`${JSON.stringify({ id, order })}\n`);
    return new Promise((resolve, reject) => {
      waiting.set(id, (answer) => {
        if (answer.error === undefined) resolve(answer.ok);
        else reject(new Error(answer.error));
      });
    });
  };
}
