// Names that the server does not know: of events, namespaces and rooms.

import { command, namespace } from "@tautline/client";
import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { ours, problemOf, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";

const server = serverForFile();
expectBystanderUntouched(server);

/** A namespace and a command of a newer contract. */
const newer = (path: string) =>
  namespace({
    path,
    commands: {
      doNewThings: command<void, void>({
        name: "do_new_things",
        ack: true,
        delivery: "at_most_once",
      }),
    },
  });

it("an unknown event is refused", async () => {
  const client = await stock(server.url, "/faults");

  const problem = problemOf(await client.call("do_new_things", {}));

  expect(problem).toMatchObject({ code: "unknown_event", recovery: { action: "upgrade_client" } });
});

it("an unknown event that nobody waits for is told as an event", async () => {
  const client = await stock(server.url, "/faults");

  client.emit("do_new_things", {});

  const [told] = await client.next("tautline:problem");
  expect(told).toMatchObject({ event: "do_new_things", problem: { code: "unknown_event" } });
});

it("our client hears of an unknown event", async () => {
  const client = ours(server.url);
  client.connect();

  const result = await client.run(newer("/faults").commands.doNewThings, undefined);

  expect(result).toMatchObject({ ok: false, problem: { code: "unknown_event" } });
});

it("our client learns that a namespace does not exist", async () => {
  const client = ours(server.url);
  client.connect();

  const result = await client.run(newer("/newer").commands.doNewThings, undefined);

  expect(result).toMatchObject({ ok: false, problem: { code: "unknown_namespace" } });
});

it.each(["nonsense", "table:%61", "table:a/b", "desk:1"])(
  "the room name `%s` is unknown",
  async (room) => {
    const client = await stock(server.url, "/tables");

    const answer = await client.call("tautline:subscribe", { room });

    expect(JSON.stringify(answer)).toContain("unknown_room");
  },
);

it("somebody else's personal room is closed", async () => {
  const client = await stock(server.url, "/tables", { token: sign({ sub: "alice" }) });

  const answer = await client.call("tautline:subscribe", { room: "user:bob" });

  expect(JSON.stringify(answer)).toMatch(/room_denied|unknown_room/);
});

it("one room too many is refused, and leaving one makes room", async () => {
  const client = await stock(server.url, "/work");
  const [welcome] = await client.next("tautline:welcome");
  const { rooms } = (welcome as { limits: { rooms: number } }).limits;
  for (let desk = 0; desk < rooms; desk += 1) await client.call("join_desk", { deskId: `${desk}` });

  const problem = problemOf(await client.call("join_desk", { deskId: "another" }));
  await client.call("tautline:unsubscribe", { room: "desk:0" });
  const answer = await client.call("join_desk", { deskId: "another" });

  expect(problem).toMatchObject({ code: "too_many_rooms", category: "capacity" });
  expect(answer).toMatchObject({ ok: { pieces: [] } });
});
