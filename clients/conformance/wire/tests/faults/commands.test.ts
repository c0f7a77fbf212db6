// What a fault may not do to commands: have one sent again that must not be, take a part of one for the whole.

import { expect, it } from "vitest";
import { okOf, ours, stock, until } from "../../harness/clients.js";
import { fastClock } from "../../harness/fast-clock.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { acks, commands } from "../../harness/faults.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { counted } from "../../harness/work.js";
import { Tables, Work } from "../../src/generated/index.js";

const server = serverForFile();

/** Our client behind a proxy. */
async function behindProxy() {
  const subject = unique("person");
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url, { auth: () => sign({ sub: subject }), clock: fastClock(20) });
  client.connect();
  return { client, proxy };
}

it("a command that nothing protects from running twice is not sent twice", async () => {
  const { client, proxy } = await behindProxy();
  const watcher = await stock(server.url, "/work");
  const { arrivals } = await counted(watcher);
  await proxy.add({ when: acks("arrive"), times: 1, action: { type: "cut" } });

  const answer = await client.run(Work.commands.arrive, undefined);

  expect(answer).toMatchObject({ ok: false, problem: { outcome: "unknown" } });
  expect((await counted(watcher)).arrivals - arrivals).toBe(1);
  expect(await proxy.find({ act: "passed", when: commands("arrive") })).toHaveLength(1);
});

it("a command whose attachment does not come is not taken for a whole one, and runs once when it does", async () => {
  const { client, proxy } = await behindProxy();
  const tableId = unique("table");
  const room = client.join(Tables.rooms.table, { tableId });
  await until(room, ({ status }) => status === "joined");
  const watcher = await stock(server.url, "/tables");
  okOf(await watcher.call("join_table", { tableId }));
  const page = (byte: number) => ({ tableId, scan: new Uint8Array(512).fill(byte) });
  const attach = (byte: number) => client.run(Tables.commands.attachPage, page(byte));
  const scans = async (count: number) => {
    const pages = [];
    while (pages.length < count) pages.push((await watcher.next("page_attached"))[0]);
    return pages.map((it) => [...new Set((it as { scan: Uint8Array }).scan)]);
  };
  await attach(1);
  const [first] = await proxy.find({ act: "passed", when: commands("attach_page") });

  // The text passes; of the attachment nothing does.
  const bytes = (first?.bytes ?? 0) - 512;
  await proxy.add({
    when: { ...commands("attach_page"), kind: "binary_event" },
    times: 1,
    action: { type: "truncate", bytes },
  });
  const answers = [await attach(2), await attach(3)];

  expect(answers).toEqual([{ ok: true }, { ok: true }]);
  expect(await scans(3)).toEqual([[1], [2], [3]]);
  expect(watcher.arrived("page_attached")).toEqual([]);
  expect(await proxy.find({ act: "truncated" })).toHaveLength(1);
});
