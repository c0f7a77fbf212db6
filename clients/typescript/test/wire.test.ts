// The same client over real sockets: `socket.io-client` against the Node server of Socket.IO.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type Client, type ClientOptions, createClient } from "../src/index.js";
import { Board, contract, Desk } from "./board.js";
import { problem } from "./stage.js";
import { cuttingProxy, wireServer } from "./wire-server.js";

type Ack = (answer: unknown) => void;

function clientOf(url: string, options: Partial<ClientOptions> = {}): Client {
  // No luck in the backoff: half a second between attempts.
  const client = createClient({ url, contract, logger: false, random: () => 0, ...options });
  onTestFinished(client.close);
  return client;
}

function status(client: Client, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (client.connection.getSnapshot().status !== wanted) return;
      stop();
      resolve();
    };
    const stop = client.connection.subscribe(look);
    look();
  });
}

test("namespaces share one websocket, and answers, events and rooms travel", async () => {
  const server = await wireServer((socket) => {
    socket.on("add_card", (payload: { text: string }, meta: { id: string }, ack: Ack) => {
      const numbered = { room: "board:b", epoch: "e", seq: 1, ts: 0, cause: meta.id };
      socket.emit("card_added", payload, numbered);
      ack({ ok: { id: payload.text } });
    });
    socket.on("join_board", (_payload: unknown, ack: Ack) =>
      ack({ ok: { cards: [] }, at: [{ room: "board:b", epoch: "e", seq: 0 }] }),
    );
    socket.on("look", (_payload: unknown, _meta: unknown, ack: Ack) => ack({ ok: "here" }));
    socket.on("tautline:subscribe", (_payload: unknown, ack: Ack) =>
      ack({ ok: { at: undefined } }),
    );
  });
  const client = clientOf(server.url, { auth: () => "token" });
  const heard: string[] = [];
  client.on(Board.events.cardAdded, ({ text }) => heard.push(text));
  client.join(Board.rooms.board, { boardId: "b" });

  client.connect();
  const answers = await Promise.all([
    client.use(Board).addCard({ boardId: "b", text: "one" }),
    client.use(Desk).look(),
  ]);

  expect(answers).toEqual([{ id: "one" }, "here"]);
  expect(heard).toEqual(["one"]);
  expect(server.engines).toEqual(["websocket"]);
  expect(server.auths).toEqual([
    expect.objectContaining({ token: "token", contract: expect.objectContaining({ hash: "abc" }) }),
    expect.objectContaining({ token: "token" }),
  ]);
});

test("polling works when it is allowed", async () => {
  const server = await wireServer((socket) => {
    socket.on("ping", (_payload: unknown, _meta: unknown, ack: Ack) => ack({ ok: "pong" }));
  });
  const client = clientOf(server.url, { transports: ["polling"] });
  client.connect();

  await expect(client.use(Board).ping()).resolves.toBe("pong");
  expect(server.engines).toEqual(["polling"]);
});

test("a refused CONNECT arrives as its problem", async () => {
  const server = await wireServer(() => {});
  server.refusal = JSON.stringify(problem("upgrade_client", "upgrade_client"));
  const client = clientOf(server.url);

  client.connect();
  await status(client, "failed");

  expect(client.connection.getSnapshot().problem).toMatchObject({
    code: "upgrade_client",
    traceId: "trace-1",
  });
});

test("a refusal over HTTP arrives as its problem where the browser shows it", async () => {
  const http = createServer((_, response) => {
    response.statusCode = 403;
    response.end(JSON.stringify(problem("origin_denied", "give_up")));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  const { port } = http.address() as AddressInfo;
  const client = clientOf(`http://127.0.0.1:${port}`, { transports: ["polling"] });

  client.connect();
  await status(client, "failed");

  expect(client.connection.getSnapshot().problem).toMatchObject({ code: "origin_denied" });
});

test("a namespace that the server does not have is a problem, not an endless wait", async () => {
  const server = await wireServer(() => {});
  await server.stop();
  const bare = await wireServer(() => {});
  bare.io._nsps.delete("/desk");
  const client = clientOf(bare.url);
  client.use(Board);

  client.connect();

  await expect(client.run(Desk.commands.look, undefined)).resolves.toMatchObject({
    problem: { code: "unknown_namespace" },
  });
  await status(client, "connected");
});

test("a cut link is replaced, and the command that was on it arrives once more with its id", async () => {
  const metas: Record<string, unknown>[] = [];
  const server = await wireServer((socket) => {
    socket.on("add_card", (_payload: unknown, meta: Record<string, unknown>, ack: Ack) => {
      metas.push(meta);
      if (metas.length === 1) proxy.cut();
      else ack({ ok: { id: "c" } });
    });
  });
  const proxy = await cuttingProxy(server.url);
  const client = clientOf(proxy.url);
  client.connect();

  await expect(client.use(Board).addCard({ boardId: "b", text: "x" })).resolves.toEqual({
    id: "c",
  });
  expect(metas[1]?.["id"]).toBe(metas[0]?.["id"]);
  expect(metas[1]).toHaveProperty("resent.ledger", "ledger-1");
  expect(server.engines).toHaveLength(2);
});

test("a server that throws us out is joined again", async () => {
  const server = await wireServer(() => {});
  const client = clientOf(server.url);
  client.connect();
  await status(client, "connected");

  server.io.of("/board").disconnectSockets(true);
  await status(client, "reconnecting");
  await status(client, "connected");

  expect(server.engines).toHaveLength(2);
});

test.each(["websocket", "polling"] as const)(
  "a server that is not there yet is waited for: %s",
  async (transport) => {
    const first = await wireServer(() => {});
    const port = Number(new URL(first.url).port);
    await first.stop();
    const client = clientOf(first.url, { transports: [transport] });
    client.connect();
    await status(client, "reconnecting");
    const { problem: failure } = client.connection.getSnapshot();
    expect(failure?.code).toBe("connection_failed");
    expect(failure).not.toHaveProperty("params");

    await wireServer(() => {}, port);

    await status(client, "connected");
  },
);

test("close ends the socket, also while it is still being opened", async () => {
  const server = await wireServer(() => {});
  const client = clientOf(server.url);

  client.connect();
  client.close();
  const other = clientOf(server.url);
  other.connect();
  await status(other, "connected");

  expect(client.connection.getSnapshot().status).toBe("disconnected");
  expect(server.auths).toHaveLength(1);
});
