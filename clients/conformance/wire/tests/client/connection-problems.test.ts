// What our client says when it cannot reach a server, or may not wait for one.

import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { atEnd, ours, status, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { Faults } from "../../src/generated/index.js";

const server = serverForFile();

/** Listens on a free port until the test is over. */
async function listening(listener: ReturnType<typeof createServer>): Promise<string> {
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  atEnd(() => listener.close());
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

const firstProblem = async (client: ReturnType<typeof ours>) =>
  (await until(client.connection, ({ attempt }) => attempt > 0)).problem;

it("nobody listens: `connection_failed`, and it tries again", async () => {
  const listener = createServer();
  const url = await listening(listener);
  listener.close();
  const client = ours(url);
  client.connect();

  expect(await firstProblem(client)).toMatchObject({ code: "connection_failed" });
  expect(client.connection.getSnapshot().retryAt).toEqual(expect.any(Number));
});

it("a server that says nothing: `connection_timed_out`", async () => {
  const url = await listening(createServer((socket) => atEnd(() => socket.destroy())));
  const client = ours(url, { connectTimeoutMs: 100 });
  client.connect();

  expect(await firstProblem(client)).toMatchObject({ code: "connection_timed_out" });
});

it("a server of another kind: `connection_failed`", async () => {
  const url = await listening(createHttpServer((_, response) => response.writeHead(404).end("?")));
  const client = ours(url);
  client.connect();

  expect(await firstProblem(client)).toMatchObject({ code: "connection_failed" });
});

it("the server comes up later: it is found by itself", async () => {
  const proxy = await faultProxy(server.url);
  await proxy.refuse();
  const client = ours(proxy.url);
  client.connect();
  await firstProblem(client);

  await proxy.admit();

  expect(await status(client, "connected")).toMatchObject({ status: "connected", attempt: 0 });
});

it("a command that may not wait fails with `offline` while the link is down", async () => {
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url);
  client.connect();
  await client.use(Faults).whoAmI();
  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");

  const result = await client.run(Faults.commands.whoAmI, undefined);

  expect(result).toMatchObject({
    ok: false,
    problem: { code: "offline", outcome: "not_executed" },
  });
});

it("a command that waits for the link fails with `disposed` when the client is closed", async () => {
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url);
  client.connect();
  await client.use(Faults).whoAmI();
  await proxy.refuse();
  await proxy.cut();
  await status(client, "reconnecting");
  const waiting = client.run(Faults.commands.count, { name: "never" });

  client.close();

  expect(await waiting).toMatchObject({
    ok: false,
    problem: { code: "disposed", outcome: "not_executed" },
  });
});
