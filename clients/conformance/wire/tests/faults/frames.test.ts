// Every frame of the protocol meets every fault, and nothing is lost, runs twice or comes out of order.

import { describe, it } from "vitest";
import { serverForFile } from "../../harness/server.js";
import { expectNothingLost, FAULTS, FRAMES } from "./conversation.js";

const server = serverForFile();

describe.each(Object.entries(FRAMES))("%s", (_, frame) => {
  it.each(Object.entries(FAULTS))("is %s", (_, action) =>
    expectNothingLost(server.url, { ...frame, action }, "websocket"),
  );
});
