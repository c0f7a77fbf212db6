// Our client from start to end: it connects, is welcomed, calls, hears, and closes.

import { expect, it } from "vitest";
import { ours, status, until } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Echo, Faults, Tables } from "../../src/generated/index.js";

const server = serverForFile();

it("is connected after its first welcome, and knows who it is", async () => {
  const client = ours(server.url, { auth: () => sign({ sub: "alice" }) });

  client.connect();

  const { subject, connection } = await status(client, "connected");
  expect(subject).toBe("alice");
  expect(connection).toEqual(expect.any(String));
});

it("calls commands of several namespaces over one connection", async () => {
  const client = ours(server.url);
  client.connect();

  const [caller, nothing] = [
    await client.use(Faults).whoAmI(),
    await client.use(Echo).echoNothing(),
  ];

  expect(caller).toMatchObject({ guest: true });
  expect(nothing).toBeUndefined();
});

it("throws what a command refuses, with its code", async () => {
  const client = ours(server.url);
  client.connect();

  const refused = client.use(Faults).refuse({ refusal: "missing" });

  await expect(refused).rejects.toMatchObject({
    name: "ProblemError",
    problem: { code: "fault.missing", params: { thing: "key", number: 7 } },
  });
});

it("two clients in a room hear each other", async () => {
  const tableId = unique("table");
  const [ann, ben] = [ours(server.url), ours(server.url)];
  for (const client of [ann, ben]) {
    client.connect();
    await until(client.join(Tables.rooms.table, { tableId }), (room) => room.status === "joined");
  }
  const heard = new Promise((resolve) => {
    ben.on(Tables.events.entryWritten, (entry, meta) => resolve({ entry, meta }));
  });

  const entry = await ann.use(Tables).writeEntry({ tableId, text: "hello" });

  expect(await heard).toMatchObject({ entry, meta: { room: `table:${tableId}`, seq: 1 } });
});

it("is told why a room turns it away", async () => {
  const client = ours(server.url);
  client.connect();

  const room = client.join(Tables.rooms.table, { tableId: "closed-2" });

  const { problem } = await until(room, ({ status }) => status === "denied");
  expect(problem).toMatchObject({ code: "table.closed", params: { tableId: "closed-2" } });
});

it("fails what waits when it is closed", async () => {
  const client = ours(server.url);
  client.connect();
  await client.use(Faults).whoAmI();
  const hanging = client.run(Faults.commands.hang, undefined);

  client.close();

  expect(await hanging).toMatchObject({ ok: false, problem: { outcome: "unknown" } });
  expect(client.connection.getSnapshot().status).toBe("disconnected");
});
