// The ordinary users beside an attack, who live in a process of their own: `crowd/`.

import { fork } from "node:child_process";
import { once } from "node:events";
import { atEnd } from "../../harness/clients.js";
import { CROWD } from "../../harness/paths.js";
import type { Order, Report, Span } from "../crowd/protocol.js";

/** The users. */
export interface Crowd {
  /** They begin to talk, and have been answered at least so many times before they end. */
  talk(answers: number): Talk;
  /** They go home. */
  leave(): void;
}

/** A time in which everybody talks. */
export interface Talk {
  /** Waits for the answers, ends it, and returns when everybody has heard everything. */
  end(): Promise<Span>;
}

/** Has them sit down. */
export async function gather(url: string): Promise<Crowd> {
  const users = fork(CROWD, [url]);
  const tell = (order: Order) => void users.send(order);
  const gone = once(users, "exit").then(([code]) => {
    throw new Error(`the users are gone, with code ${code}`);
  });
  // Only while somebody waits for them.
  gone.catch(() => {});
  atEnd(() => users.kill());
  const reported = (fits: (report: Report) => boolean) => {
    const found = new Promise<Report>((resolve) => {
      const look = (report: Report) => {
        if (!fits(report)) return;
        users.off("message", look);
        resolve(report);
      };
      users.on("message", look);
    });
    return Promise.race([found, gone]);
  };

  await reported((report) => report === "seated");
  return {
    leave: () => void users.kill(),
    talk(answers) {
      const answered = reported((report) => report === "answered");
      // Waited for in `end`, which may come later than their end.
      answered.catch(() => {});
      tell({ talk: answers });
      return {
        async end() {
          await answered;
          const span = reported((report) => typeof report === "object");
          tell("end");
          return (await span) as Span;
        },
      };
    },
  };
}
