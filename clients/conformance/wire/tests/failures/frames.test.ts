// Frames that are too large for the server: they end their connection, and nobody else's.

import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { ours, status, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { Faults } from "../../src/generated/index.js";

const FRAME_BYTES = 128 * 1024;
const server = serverForFile({ frameBytes: FRAME_BYTES });
expectBystanderUntouched(server);

const weight = { text: "x".repeat(FRAME_BYTES + 1) };

it("a frame over the limit closes the stock client's connection", async () => {
  const client = await stock(server.url, "/faults");

  client.emit("weigh_large", weight);

  await client.lost;
});

it("our client does not send it, says why, and stays connected", async () => {
  const client = ours(server.url);
  client.connect();
  const { connection } = await status(client, "connected");

  const result = await client.run(Faults.commands.weighLarge, weight);

  expect(result).toMatchObject({ ok: false, problem: { code: "payload_too_large" } });
  expect(await client.run(Faults.commands.whoAmI, undefined)).toMatchObject({ ok: true });
  expect(client.connection.getSnapshot()).toMatchObject({ status: "connected", connection });
});

it("a frame just under the limit is taken", async () => {
  const client = await stock(server.url, "/faults");

  const answer = await client.call("weigh_large", { text: "x".repeat(FRAME_BYTES - 1024) });

  expect(answer).toEqual({ ok: null });
});
