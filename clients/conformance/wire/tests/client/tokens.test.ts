// The life of a token on a connection of our client: told of in time, renewed in place, and when it is not, an end from
// which the client comes back. Days of it in virtual time are in `server/tests/runtime/tokens.rs`.

import type { AuthContext } from "@tautline/client";
import { expect, it } from "vitest";
import { okOf, ours, status, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { acks, commands, events } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Faults, Tables } from "../../src/generated/index.js";

const server = serverForFile({ graceMs: 300 });

/** A token with so many seconds left, of which the server tells at the half. */
const lasting = (seconds: number, sub = "alice", scope?: string) =>
  sign({ sub, exp: Math.floor(Date.now() / 1000) + seconds, ...(scope && { scope }) });

/** A client whose app gives a token to connect with, another one when that is about to end, and one when it is refused. */
async function client(auth: (cx: AuthContext) => string) {
  const asked: AuthContext[] = [];
  const proxy = await faultProxy(server.url);
  const made = ours(proxy.url, {
    auth: (cx) => {
      asked.push(cx);
      return auth(cx);
    },
  });
  made.connect();
  await status(made, "connected");
  return { client: made, proxy, reasons: () => asked.map(({ reason }) => reason) };
}

const whoAmI = (of: Awaited<ReturnType<typeof client>>) => of.client.use(Faults).whoAmI();

it("a token that ends soon is renewed in place, and the rooms stay", async () => {
  const tableId = unique("table");
  const person = await client(({ reason }) =>
    reason === "connect" ? lasting(2) : lasting(3600, "alice", "admin"),
  );
  const room = person.client.join(Tables.rooms.table, { tableId });
  await until(room, (entry) => entry.status === "joined");
  const before = await whoAmI(person);

  await person.proxy.found({ when: acks("tautline:refresh") });
  const after = await whoAmI(person);

  const notices = await person.proxy.find({ when: events("tautline:notice") });
  expect(notices[0]?.text).toContain("token_expiring");
  expect(person.reasons()).toEqual(["connect", "refresh"]);
  // The same connection, with what the new token allows.
  expect([before.scopes, after.scopes]).toEqual([[], ["admin"]]);
  expect(await person.proxy.links()).toEqual([1]);
  expect(room.getSnapshot().status).toBe("joined");
  const writer = await stock(server.url, "/tables");
  const heard = new Promise((resolve) => person.client.on(Tables.events.entryWritten, resolve));
  okOf(await writer.call("write_from_outside", { tableId, text: "still here" }));
  expect(await heard).toMatchObject({ text: "still here" });
});

it("a token of somebody else is refused in place, and they come over a connection of their own", async () => {
  const person = await client(({ reason }) =>
    reason === "connect" ? lasting(2) : lasting(3600, "mallory"),
  );
  const before = await whoAmI(person);

  const [refused] = await person.proxy.found({ when: acks("tautline:refresh") });
  const after = await whoAmI(person);
  await until(person.client.connection, ({ subject }) => subject === "mallory");

  expect(refused?.text).toContain('"error"');
  expect([before.subject, after.subject]).toEqual(["alice", "alice"]);
  expect(await person.proxy.find({ act: "opened" })).toHaveLength(2);
});

it("a token that nobody renews ends the connection after its grace, and the client comes back with another one", async () => {
  const tableId = unique("table");
  const old = lasting(2);
  // Asked when the end is near, the app has nothing better yet.
  const person = await client(({ reason }) => (reason === "reauthenticate" ? lasting(3600) : old));
  const room = person.client.join(Tables.rooms.table, { tableId });
  await until(room, (entry) => entry.status === "joined");

  await status(person.client, "reconnecting");
  const { problem } = person.client.connection.getSnapshot();
  await status(person.client, "connected");
  await until(room, (entry) => entry.status === "joined");

  expect(problem).toMatchObject({ code: "token_expired" });
  expect(person.reasons()).toEqual(["connect", "refresh", "reauthenticate"]);
  // The token that is about to end is not shown to the server once more.
  expect(await person.proxy.find({ when: commands("tautline:refresh") })).toEqual([]);
  expect((await whoAmI(person)).subject).toBe("alice");
});

it("without anything better the app is asked once, and the connection fails in words", async () => {
  const only = lasting(1);
  const person = await client(() => only);

  const { problem } = await status(person.client, "failed");

  expect(problem).toMatchObject({
    category: "unauthenticated",
    recovery: { action: "reauthenticate" },
  });
  expect(person.reasons()).toEqual(["connect", "refresh", "reauthenticate"]);
  // It is shown when it is new, and not when it is known to be dead.
  expect(await person.proxy.find({ act: "opened" })).toHaveLength(1);
});
