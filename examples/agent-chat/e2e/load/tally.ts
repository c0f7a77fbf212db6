// What the people of a load run have measured.

import type { Problem, Result } from "@tautline/client";

/** Times and refusals of all commands. */
export interface Tally {
  /** Waits for a command, and notes how long it took and how it ended. */
  time<T>(name: string, running: Promise<Result<T, Problem>>): Promise<Result<T, Problem>>;
  /** Notes a problem that nobody waited for. */
  note(name: string, problem: Problem): void;
  /** How often each refusal came: `{ "send_message invalid_payload": 1 }`. */
  readonly refused: Readonly<Record<string, number>>;
  readonly count: number;
  /** How long this share of the commands took at most, in milliseconds. */
  quantile(share: number): number;
}

/** Makes an empty tally. */
export function tally(): Tally {
  const times: number[] = [];
  const refused: Record<string, number> = {};
  const note = (name: string, { code }: Problem) => {
    const key = `${name} ${code}`;
    refused[key] = (refused[key] ?? 0) + 1;
  };
  return {
    refused,
    note,
    get count() {
      return times.length;
    },
    async time(name, running) {
      const began = performance.now();
      const result = await running;
      times.push(performance.now() - began);
      if (!result.ok) note(name, result.problem);
      return result;
    },
    quantile(share) {
      const sorted = [...times].sort((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    },
  };
}
