// The server is stopped and started: our client comes back by itself, and its rooms with it.

import { expect, it } from "vitest";
import { atEnd, ours, status, until } from "../../harness/clients.js";
import { startServer } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Faults, Tables } from "../../src/generated/index.js";

it("the connection, the room and its events come back", async () => {
  const tableId = unique("table");
  const server = await startServer();
  atEnd(() => server.stop());
  // Not a guest: a server that remembers nothing makes another person of one.
  const subject = unique("person");
  const client = ours(server.url, { auth: () => sign({ sub: subject }) });
  client.connect();
  const room = client.join(Tables.rooms.table, { tableId });
  await until(room, (snapshot) => snapshot.status === "joined");

  await server.stop();
  await status(client, "reconnecting");
  await server.start();
  await until(room, (snapshot) => snapshot.status === "resynced");
  const heard = new Promise((resolve) => client.on(Tables.events.entryWritten, resolve));
  await client.use(Tables).writeEntry({ tableId, text: "back again" });

  expect(await heard).toMatchObject({ text: "back again" });
});

it("an idempotent command that was asked for meanwhile runs on the new server", async () => {
  const server = await startServer();
  atEnd(() => server.stop());
  const subject = unique("person");
  const client = ours(server.url, { auth: () => sign({ sub: subject }) });
  client.connect();
  await status(client, "connected");
  const name = unique("counter");
  const faults = client.use(Faults);
  await faults.count({ name });

  await server.stop();
  await status(client, "reconnecting");
  const queued = client.run(Faults.commands.count, { name });
  await server.start();

  // It was never sent to the old server, so that the new one may run it.
  expect(await queued).toEqual({ ok: true, value: { runs: 1 } });
});
