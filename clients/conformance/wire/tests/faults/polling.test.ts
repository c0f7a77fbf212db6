// Over polling a body carries several frames, and each request may have a connection of its own: the same faults, the
// same end.

import { describe, it } from "vitest";
import { serverForFile } from "../../harness/server.js";
import { expectNothingLost, FAULTS, FRAMES } from "./conversation.js";

const server = serverForFile({ polling: true });

/** Those that share a body with others. What comes before them travels alone, as over a websocket. */
const SHARED = ["a command", "the answer to a command", "an event", "the answer to a resume"];
const frames = Object.entries(FRAMES).filter(([name]) => SHARED.includes(name));

describe.each(frames)("%s", (_, frame) => {
  it.each(Object.entries(FAULTS))("is %s", (_, action) =>
    expectNothingLost(server.url, { ...frame, action }, "polling"),
  );
});
