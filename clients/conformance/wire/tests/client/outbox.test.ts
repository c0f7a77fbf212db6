// What was written outlives the page that wrote it: a reload with messages in flight, a server that is killed over them,
// and somebody else at the same computer.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { atEnd, okOf, stock } from "../../harness/clients.js";
import { acks, commands } from "../../harness/faults.js";
import { computer } from "../../harness/pages.js";
import { startServer, type TestServer } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import type { CircleState } from "../../src/generated/index.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A server whose journal is a file. */
async function keptServer(): Promise<TestServer> {
  const folder = await mkdtemp(`${tmpdir()}/tautline-journal-`);
  atEnd(() => rm(folder, { recursive: true }));
  const server = await startServer({ journal: `${folder}/journal.db` });
  atEnd(() => server.kill());
  return server;
}

/** What was said in a circle, and by whom. */
async function said({ url }: TestServer, circleId: string): Promise<string[]> {
  const watcher = await stock(url, "/chat", { token: sign({ sub: unique("watcher") }) });
  const { messages } = okOf<CircleState>(await watcher.call("join_circle", { circleId }));
  return messages.map(({ author, text }) => `${author}: ${text}`);
}

it("messages whose answers were lost with the page are said once and in order", async () => {
  const [server, circle] = [await keptServer(), unique("circle")];
  const desk = computer(server, circle);
  const first = await desk.open("anna");
  await first.enter();
  await first.proxy.add({ when: acks("say"), action: { type: "drop" } });
  for (const text of ["1", "2", "3"]) await first.say(text);
  await first.proxy.found({ act: "dropped" }, 3);

  await first.vanish();
  const second = await desk.open("anna");
  await second.client.outbox.flush();

  expect(await said(server, circle)).toEqual(["anna: 1", "anna: 2", "anna: 3"]);
  const again = await second.proxy.find({ act: "passed", when: commands("say") });
  expect(again.map(({ text }) => text.includes('"resent"'))).toEqual([true, true, true]);
});

it("messages that never reached the server are said once and in order", async () => {
  const [server, circle] = [await keptServer(), unique("circle")];
  const desk = computer(server, circle);
  const first = await desk.open("anna");
  await first.enter();
  await first.say("0");
  await first.goOffline();
  for (const text of ["1", "2", "3"]) await first.say(text);

  await first.vanish();
  const second = await desk.open("anna");
  await second.client.outbox.flush();

  expect(await said(server, circle)).toEqual(["anna: 0", "anna: 1", "anna: 2", "anna: 3"]);
});

// Who enters a circle has passed two of them before.
it.each(["handler:2", "staged", "committed", "published", "acked:2"] as const)(
  "a server killed at `%s` and a page that is gone lose and double nothing",
  async (failpoint) => {
    const [server, circle] = [await keptServer(), unique("circle")];
    const desk = computer(server, circle);
    const first = await desk.open("anna");
    await first.enter();
    await server.kill();
    await server.start({ failpoint });
    await first.enter();

    await first.say("1");
    await server.stopped();
    await first.say("2");
    await first.vanish();
    await server.kill();
    await server.start({});
    const second = await desk.open("anna");
    await second.client.outbox.flush();

    expect(await said(server, circle)).toEqual(["anna: 1", "anna: 2"]);
  },
);

it("what one person wrote is not said as another one, and is said when they are back", async () => {
  const [server, circle] = [await keptServer(), unique("circle")];
  const desk = computer(server, circle);
  const annas = await desk.open("anna");
  await annas.enter();
  await annas.goOffline();
  for (const text of ["1", "2"]) await annas.say(text);
  await annas.vanish();

  const bens = await desk.open("ben");
  await bens.enter();
  await bens.say("mine");
  await bens.client.outbox.flush();
  const asBen = await said(server, circle);
  await bens.vanish();
  const back = await desk.open("anna");
  await back.client.outbox.flush();

  expect(asBen).toEqual(["ben: mine"]);
  expect(await said(server, circle)).toEqual(["ben: mine", "anna: 1", "anna: 2"]);
});

it("a server that has lost its memory runs nothing twice, and the page is told that nobody knows", async () => {
  const circle = unique("circle");
  const server = await startServer();
  atEnd(() => server.kill());
  const desk = computer(server, circle);
  const first = await desk.open("anna");
  await first.enter();
  await first.proxy.add({ when: acks("say"), action: { type: "drop" } });
  await first.say("may have been said");
  await first.proxy.found({ act: "dropped" });
  await first.goOffline();
  await first.say("was not said");
  await first.vanish();
  await server.kill();
  await server.start();

  const second = await desk.open("anna");
  await second.client.outbox.flush();

  expect(await said(server, circle)).toEqual(["anna: was not said"]);
  expect(second.client.outbox.getSnapshot().entries).toMatchObject([
    { payload: { text: "may have been said" }, problem: { code: "outcome_unknown" } },
  ]);
});
