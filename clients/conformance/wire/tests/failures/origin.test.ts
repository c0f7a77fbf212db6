// Pages of other origins may not connect. A browser says where a page is from; here the test does.

import { io, type Socket } from "socket.io-client";
import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { atEnd } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";

const server = serverForFile({ polling: true });
expectBystanderUntouched(server);

it("a page of another origin is told why when it polls", async () => {
  const { words } = await refused(page("https://elsewhere.example", "polling"));

  expect(JSON.parse(words)).toMatchObject({
    code: "origin_denied",
    category: "permission_denied",
    outcome: "not_executed",
  });
});

it("a page of another origin gets no websocket", async () => {
  const { message } = await refused(page("https://elsewhere.example", "websocket"));

  expect(message).toBe("websocket error");
});

it.each(["polling", "websocket"] as const)(
  "the server's own page connects by %s",
  async (transport) => {
    const socket = page(server.url, transport);

    await new Promise<void>((resolve) => socket.once("connect", resolve));

    expect(await socket.emitWithAck("who_am_i")).toMatchObject({ ok: { guest: true } });
  },
);

/** A stock client in a page of that origin. */
function page(Origin: string, transport: "polling" | "websocket"): Socket {
  const socket = io(`${server.url}/faults`, {
    transports: [transport],
    extraHeaders: { Origin },
    forceNew: true,
    reconnection: false,
  });
  atEnd(() => socket.close());
  return socket;
}

/** What the client says of the refusal, and the words of the answer, which it throws away at once. */
function refused(socket: Socket): Promise<{ message: string; words: string }> {
  return new Promise((resolve) => {
    socket.once("connect_error", (error: Error & { context?: { responseText?: string } }) => {
      resolve({ message: error.message, words: error.context?.responseText ?? "" });
    });
  });
}
