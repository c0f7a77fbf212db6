// One connection may have so many commands waiting and no more. Polling can bring more in one request than a pause holds up.

import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { atEnd, okOf, ours, stock, until } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { unique } from "../../harness/unique.js";
import { countedUntil } from "../../harness/work.js";
import { Work } from "../../src/generated/index.js";
import { javascript } from "../../stock/javascript.js";

const server = serverForFile({ polling: true });
expectBystanderUntouched(server);

const COMMANDS = 2_000;

it("too many at once are refused with `capacity`, and the others run", async () => {
  const [deskId, gate] = [unique("desk"), unique("gate")];
  const watcher = await stock(server.url, "/work");
  const client = await javascript({ url: server.url, namespace: "/work", transport: "polling" });
  atEnd(() => client.close());
  await client.call("join_desk", { deskId });
  const first = client.call("wait_at_desk", { deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  const answers = Array.from({ length: COMMANDS }, () =>
    client.call("check_piece", { deskId, number: 1 }),
  );
  const refused = await Promise.race(answers);
  await watcher.call("open_gate", { gate });
  const all = await Promise.all(answers);

  expect(refused).toMatchObject({
    error: { code: "capacity", outcome: "not_executed", recovery: { action: "retry" } },
  });
  expect(all.filter((answer) => "ok" in (answer as object)).length).toBeGreaterThan(32);
  expect(okOf(await first)).toBeNull();
});

it("our client sends no more at once than the server takes: none is refused", async () => {
  const [deskId, gate] = [unique("desk"), unique("gate")];
  const watcher = await stock(server.url, "/work");
  const client = ours(server.url, { transports: ["polling"] });
  client.connect();
  await until(client.join(Work.rooms.desk, { deskId }), (room) => room.status === "joined");
  const work = client.use(Work);
  const first = work.waitAtDesk({ deskId, gate });
  await countedUntil(watcher, (stats) => stats.waiting === 1);

  const all = Array.from({ length: COMMANDS }, () =>
    client.run(Work.commands.checkPiece, { deskId, number: 1 }),
  );
  await watcher.call("open_gate", { gate });

  expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
  await first;
});
