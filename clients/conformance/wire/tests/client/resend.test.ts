// A cut between a command and its answer: what is idempotent is sent again and runs once, what is not is unknown.

import { expect, it } from "vitest";
import { ours, status, stock, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { counted, countedUntil } from "../../harness/work.js";
import { Work } from "../../src/generated/index.js";

const server = serverForFile();

/** A client at a desk, behind a wire that can be cut. */
async function atDesk(auth?: () => string) {
  const deskId = unique("desk");
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url, auth && { auth });
  client.connect();
  await until(client.join(Work.rooms.desk, { deskId }), (room) => room.status === "joined");
  return { client, deskId, proxy };
}

it("an idempotent command that was cut off while it ran is answered after the next connect, and ran once", async () => {
  const gate = unique("gate");
  const subject = unique("person");
  const { client, deskId, proxy } = await atDesk(() => sign({ sub: subject }));
  const watcher = await stock(server.url, "/work");
  const { arrivals } = await counted(watcher);
  const answer = client.run(Work.commands.waitOnce, { deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  await proxy.cut();
  await status(client, "reconnecting");
  await watcher.call("open_gate", { gate });

  expect(await answer).toMatchObject({ ok: true });
  expect((await counted(watcher)).arrivals - arrivals).toBe(1);
});

it("a guest is the same guest after the next connect, and is answered as well", async () => {
  const gate = unique("gate");
  const { client, deskId, proxy } = await atDesk();
  const watcher = await stock(server.url, "/work");
  const { arrivals } = await counted(watcher);
  const { subject } = client.connection.getSnapshot();
  const answer = client.run(Work.commands.waitOnce, { deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  await proxy.cut();
  await status(client, "reconnecting");
  await watcher.call("open_gate", { gate });

  expect(await answer).toMatchObject({ ok: true });
  expect((await counted(watcher)).arrivals - arrivals).toBe(1);
  expect(client.connection.getSnapshot().subject).toBe(subject);
});

it("a command that is not idempotent has an unknown outcome", async () => {
  const gate = unique("gate");
  const { client, deskId, proxy } = await atDesk();
  const watcher = await stock(server.url, "/work");
  const answer = client.run(Work.commands.waitAtDesk, { deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  await proxy.cut();

  expect(await answer).toMatchObject({
    ok: false,
    problem: { code: "outcome_unknown", outcome: "unknown" },
  });
  await watcher.call("open_gate", { gate });
});

it("commands behind one that was cut off keep their order", async () => {
  const gate = unique("gate");
  const subject = unique("person");
  const { client, deskId, proxy } = await atDesk(() => sign({ sub: subject }));
  const watcher = await stock(server.url, "/work");
  const finished: number[] = [];
  const answers = [0, 1, 2].map((number) =>
    client.run(Work.commands.waitOnce, { deskId, gate }).then(({ ok }) => {
      if (ok) finished.push(number);
    }),
  );
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  await proxy.cut();
  await status(client, "reconnecting");
  await watcher.call("open_gate", { gate });
  await Promise.all(answers);

  expect(finished).toEqual([0, 1, 2]);
});

it("what is asked for while the link is down waits and is sent", async () => {
  const { client, deskId, proxy } = await atDesk();
  const watcher = await stock(server.url, "/work");
  const gate = unique("gate");
  await watcher.call("open_gate", { gate });
  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");

  const answer = client.run(Work.commands.waitOnce, { deskId, gate });
  await proxy.admit();

  expect(await answer).toMatchObject({ ok: true });
});
