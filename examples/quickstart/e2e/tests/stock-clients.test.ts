// What a stock Socket.IO client gets, without any runtime of ours: one test per row of the table in ARCHITECTURE.md,
// for a client in JavaScript and one in Python, over WebSocket and over polling.

import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type QuickstartServer, startServer } from "../harness/server.js";
import { sign } from "../harness/token.js";
import type { StockClient, StockTransport } from "../stock/client.js";
import { javascript } from "../stock/javascript.js";
import { python } from "../stock/python.js";

let server: QuickstartServer;
let boards = 0;
let boardId: string;

beforeAll(async () => {
  server = await startServer();
});

afterEach(() => {
  boards += 1;
});

afterAll(() => server.stop());

const clients = [
  ["socket.io-client", javascript, "websocket"],
  ["socket.io-client", javascript, "polling"],
  ["python-socketio", python, "websocket"],
  ["python-socketio", python, "polling"],
] as const;

describe.for(clients)("%s over $2", ([, driver, transport]) => {
  /** Connects one more client, which the test's end closes. */
  async function connect(auth?: object, url = server.url): Promise<StockClient> {
    boardId = `stock-${boards}`;
    const client = await driver({
      url,
      namespace: "/boards",
      transport: transport satisfies StockTransport,
      ...(auth && { auth }),
    });
    onTestFinished(() => client.close());
    return client;
  }

  test("connects as a guest and is welcomed", async () => {
    const client = await connect();

    const [welcome] = await client.next("tautline:welcome");

    expect(welcome).toMatchObject({ guest: true, contract: { name: "quickstart" } });
  });

  test("connects with a token and is who the token says", async () => {
    const client = await connect({ token: sign({ sub: "ada" }) });

    const [welcome] = await client.next("tautline:welcome");

    expect(welcome).toMatchObject({ guest: false, subject: "ada" });
  });

  test("is refused with a problem as JSON in the message", async () => {
    const error = await connect({ token: "rubbish" }).then(
      () => undefined,
      (reason: Error) => reason,
    );

    expect(JSON.parse(error?.message ?? "")).toMatchObject({
      code: "token_invalid",
      category: "unauthenticated",
      recovery: { action: "reauthenticate" },
    });
  });

  test("joins a room and gets its state and position", async () => {
    const client = await connect();

    const answer = await client.call("join_board", { boardId });

    expect(answer).toMatchObject({
      ok: { cards: [] },
      at: [{ room: `board:${boardId}`, epoch: expect.any(String), seq: expect.any(Number) }],
    });
  });

  test("gets one object as the answer to a command", async () => {
    const client = await connect();
    await client.call("join_board", { boardId });

    const answer = await client.call("add_card", { boardId, title: "a card" });

    expect(answer).toMatchObject({ ok: { boardId, title: "a card" } });
  });

  test("gets a typed failure as the answer to a refused command", async () => {
    const client = await connect();
    await client.call("join_board", { boardId });
    await client.call("add_card", { boardId, title: "twice" });

    const answer = await client.call("add_card", { boardId, title: "twice" });

    expect(answer).toMatchObject({
      error: { code: "board.duplicate", category: "conflict", params: { title: "twice" } },
    });
  });

  test("hears which field of a payload breaks which rule", async () => {
    const client = await connect();
    await client.call("join_board", { boardId });

    const answer = await client.call("add_card", { boardId, title: "" });

    expect(answer).toMatchObject({
      error: { code: "invalid_payload", fields: [{ path: "title", rule: "length" }] },
    });
  });

  test("hears that an event is unknown", async () => {
    const client = await connect();

    const answer = await client.call("no_such_event", {});

    expect(answer).toMatchObject({ error: { code: "unknown_event" } });
  });

  test("gets a problem event for what it sent without an acknowledgement", async () => {
    const client = await connect();

    client.emit("no_such_event", {});

    const [told] = await client.next("tautline:problem");
    expect(told).toMatchObject({ event: "no_such_event", problem: { code: "unknown_event" } });
  });

  test("gets durable events with a second argument that it may ignore", async () => {
    const [writer, reader] = [await connect(), await connect()];
    await reader.call("join_board", { boardId });
    await writer.call("join_board", { boardId });

    await writer.call("add_card", { boardId, title: "for all" });

    const [card, meta] = await reader.next("card_added");
    expect(card).toMatchObject({ boardId, title: "for all" });
    expect(meta).toMatchObject({ room: `board:${boardId}`, seq: expect.any(Number) });
  });

  test("gets live events without a position", async () => {
    const [first, second] = [await connect(), await connect()];
    await first.call("join_board", { boardId });

    await second.call("join_board", { boardId });

    const [payload, meta] = await first.next("somebody_came");
    expect(payload).toEqual({ boardId });
    expect(meta).not.toMatchObject({ seq: expect.anything() });
  });

  test("runs an idempotent command without an id each time that it is sent", async () => {
    const client = await connect();
    await client.call("join_board", { boardId });
    await client.call("add_card", { boardId, title: "plain" });

    const again = await client.call("add_card", { boardId, title: "plain" });

    expect(again).toMatchObject({ error: { code: "board.duplicate" } });
  });

  test("is answered with the first answer where it sends an id", async () => {
    const client = await connect({ token: sign({ sub: "ada" }) });
    await client.call("join_board", { boardId });
    const id = `019a0000-0000-7000-8000-${String(boards).padStart(12, "0")}`;
    const first = await client.call("add_card", { boardId, title: "once" }, { id });

    const again = await client.call("add_card", { boardId, title: "once" }, { id });

    expect(again).toMatchObject({ ...(first as object), replayed: true });
  });

  test("fetches what it missed by adopting one control event", async () => {
    const client = await connect();
    const joined = await client.call("join_board", { boardId });
    const since = positionOf(joined);
    await client.call("add_card", { boardId, title: "missed" });

    const resumed = await client.call("tautline:subscribe", { room: `board:${boardId}`, since });

    expect(resumed).toMatchObject({
      ok: {
        recovered: true,
        events: [{ name: "card_added", payload: { title: "missed" } }],
        more: false,
      },
    });
  });

  test("leaves a room by adopting one control event", async () => {
    const [leaver, writer] = [await connect(), await connect()];
    await leaver.call("join_board", { boardId });
    await writer.call("join_board", { boardId });

    const left = await leaver.call("tautline:unsubscribe", { room: `board:${boardId}` });

    expect(left).toMatchObject({ ok: null });
    await writer.call("add_card", { boardId, title: "unheard" });
    const answer = await leaver.call("add_card", { boardId, title: "from outside" });
    expect(answer).toMatchObject({ error: { code: "not_joined" } });
  });

  test("answers a question by adopting one control event", async () => {
    const [asked, writer] = [await connect(), await connect()];
    await asked.call("join_board", { boardId });
    await writer.call("join_board", { boardId });
    for (let number = 1; number <= 12; number += 1) {
      await writer.call("add_card", { boardId, title: `card ${number}` });
    }

    const added = writer.call("add_card", { boardId, title: "one more" });
    const [, meta] = await asked.next("may_replace");
    const question = (meta as { question: { id: string } }).question.id;
    await asked.call("tautline:answer", { question, answer: null });

    expect(await added).toMatchObject({ ok: { title: "one more", replaces: "card 1" } });
  });
});

test("a namespace that does not exist is refused in Socket.IO's own words", async () => {
  const attempt = javascript({ url: server.url, namespace: "/nowhere", transport: "websocket" });

  await expect(attempt).rejects.toThrow("Invalid namespace");
});

/** The position that a join's answer carries. */
function positionOf(answer: unknown): { epoch: string; seq: number } {
  const { at } = answer as { at: { epoch: string; seq: number }[] };
  const [position] = at;
  if (!position) throw new Error("the answer carries no position");
  return { epoch: position.epoch, seq: position.seq };
}
