// A wire over which a server's problems arrive in other words: as a newer server would say them.

import type { Problem, Transport } from "@tautline/client";
import { socketIoTransport } from "../../../typescript/src/socket-io-transport.js";

/** The transport of our client, with each problem of an answer or of `tautline:problem` changed. */
export function otherWords(change: (problem: Problem) => object): Transport {
  const { link } = socketIoTransport();
  return {
    link(target, events) {
      const inner = link(target, {
        ...events,
        event(namespace, name, args) {
          const isProblem = name === "tautline:problem";
          events.event(namespace, name, isProblem ? args.map(inside("problem", change)) : args);
        },
      });
      return {
        ...inner,
        emit(namespace, name, args, acked) {
          const changed = acked && ((answer: unknown) => acked(inside("error", change)(answer)));
          inner.emit(namespace, name, args, changed);
        },
      };
    },
  };
}

const inside = (field: string, change: (problem: Problem) => object) => (value: unknown) => {
  const problem = (value as Record<string, Problem> | null)?.[field];
  return problem ? { ...(value as object), [field]: change(problem) } : value;
};
