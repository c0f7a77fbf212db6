// What an agent understands of its environment.

import { expect, test } from "vitest";
import { readEnvironment } from "../src/environment.js";

test("without a word an agent talks to the demo under its own name", () => {
  expect(readEnvironment("scribe", {})).toEqual({
    server: "http://127.0.0.1:4000",
    agentId: "scribe",
    paceMs: 120,
  });
});

test("a server's address loses its path", () => {
  const { server } = readEnvironment("scribe", { SERVER: "https://example.org/app/" });

  expect(server).toBe("https://example.org");
});

test("all mistakes come at once, each with what to write", () => {
  const env = { SERVER: "somewhere", AGENT: "The Scribe", PACE_MS: "soon" };

  expect(() => readEnvironment("scribe", env)).toThrow(/SERVER[\s\S]*AGENT[\s\S]*PACE_MS/);
});
