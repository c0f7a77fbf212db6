// What the scribe does: it answers.

import type { Agent, Work } from "../agent.js";
import { answering } from "../answers/answering.js";
import { compose } from "./compose.js";

/** The scribe's work. */
export const scribe = (agent: Agent): Work => answering(agent, compose);
