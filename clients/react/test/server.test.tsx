// @vitest-environment node

// Rendering on a server: there is no window, and nothing may happen.

import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { Everything } from "./everything.js";
import { stage } from "./stage.js";

let complain: MockInstance<typeof console.error>;

beforeEach(() => {
  complain = vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("rendering to a string does no I/O, starts no timer and says nothing", async () => {
  const { server, clock, client, page } = stage();

  const html = renderToString(page(<Everything />));
  await server.settled();

  expect(html).toContain("idle since 0");
  expect(html).toContain("joining, idle, joining");
  expect(html).toContain("0 commands, 0 waiting, 0 questions");
  expect(server.log).toEqual([]);
  expect(clock.waiting).toBe(0);
  expect(client.connection.getSnapshot().status).toBe("idle");
  expect(complain).not.toHaveBeenCalled();
});

test("a server renders an idle page even when its client happens to be connected", async () => {
  const { server, client, page } = stage();
  client.connect();
  await server.settled();

  const html = renderToString(page(<Everything />));

  expect(html).toContain("idle since 0");
  client.close();
});
