// The door for programs that run these agents themselves, many in one process: the load run is one.

export { type Agent, type AgentParts, startAgent, type Work } from "./agent.js";
export { type Pause, pause } from "./pause.js";
export { plannerCard } from "./planner/card.js";
export { planner } from "./planner/work.js";
export { scribeCard } from "./scribe/card.js";
export { scribe } from "./scribe/work.js";
export { signIn } from "./sign-in.js";
