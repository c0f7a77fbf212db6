// What the planner does: it works on tasks, and answers whoever speaks to it.

import type { Agent, Work } from "../agent.js";
import { answering } from "../answers/answering.js";
import { compose } from "./compose.js";
import { planning } from "./tasks.js";

/** The planner's work. */
export function planner(agent: Agent): Work {
  const parts = [planning(agent), answering(agent, compose)];
  return {
    found(state) {
      for (const part of parts) part.found(state);
    },
    listen() {
      for (const part of parts) part.listen();
    },
  };
}
