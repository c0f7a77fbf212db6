// Presence through our client: each user once, with what they show, through cuts and several tabs.

import { expect, it } from "vitest";
import { ours, status, until } from "../../harness/clients.js";
import { faultProxy } from "../../harness/fault-proxy.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { unique } from "../../harness/unique.js";
import { Chat } from "../../src/generated/index.js";

const server = serverForFile();

/** A tab of somebody in a circle, behind a wire that can be cut. */
async function tab(circleId: string, sub: string) {
  const proxy = await faultProxy(server.url);
  const client = ours(proxy.url, { auth: () => sign({ sub }) });
  client.connect();
  const room = client.join(Chat.rooms.circle, { circleId });
  const presence = client.presence(Chat.rooms.circle, { circleId });
  // The room hears of newcomers a moment after they are let in, and so do they.
  await until(presence, ({ self }) => self !== undefined);
  const subjects = () => presence.getSnapshot().members.map(({ subject }) => subject);
  /** Everybody who was there at some time, as they came. */
  const seen: string[][] = [subjects()];
  presence.subscribe(() => seen.push(subjects()));
  return {
    client,
    proxy,
    room,
    presence,
    subjects,
    seen,
    sees: (...wanted: string[]) =>
      until(presence, ({ members }) => members.map((it) => it.subject).join() === wanted.join()),
  };
}

it("whoever comes is seen, and sees who is there", async () => {
  const circle = unique("circle");
  const ann = await tab(circle, "ann");
  const bo = await tab(circle, "bo");

  await ann.sees("ann", "bo");

  expect(bo.subjects()).toEqual(["ann", "bo"]);
  expect(bo.presence.getSnapshot()).toMatchObject({ isLive: true, self: { subject: "bo" } });
});

it("two tabs of one user are one, and the user is there until the last is closed", async () => {
  const circle = unique("circle");
  const ann = await tab(circle, "ann");
  const first = await tab(circle, "bo");
  const second = await tab(circle, "bo");
  await ann.sees("ann", "bo");

  first.client.close();
  await second.room.present({ isWriting: true });
  await until(ann.presence, ({ members }) => members[1]?.state?.isWriting === true);
  const between = ann.subjects();
  second.client.close();
  await ann.sees("ann");

  expect(between).toEqual(["ann", "bo"]);
  expect(ann.seen.filter((them) => them.length > 2)).toEqual([]);
});

it("what somebody shows is seen by all, and can be taken back", async () => {
  const circle = unique("circle");
  const ann = await tab(circle, "ann");
  const bo = await tab(circle, "bo");

  const shown = await bo.room.present({ isWriting: true });
  await until(ann.presence, ({ members }) => members[1]?.state?.isWriting === true);
  await until(bo.presence, ({ self }) => self?.state?.isWriting === true);
  const takenBack = await bo.room.present(undefined);
  await until(ann.presence, ({ members }) => members[1]?.state === undefined);

  expect([shown, takenBack]).toEqual([
    { ok: true, value: undefined },
    { ok: true, value: undefined },
  ]);
});

it("what is shown is checked as the contract has it", async () => {
  const { room } = await tab(unique("circle"), "ann");

  const result = await room.present({ isWriting: "very much" } as never);

  expect(result).toMatchObject({ ok: false, problem: { code: "invalid_payload" } });
});

it("a short cut is nobody's business, and what was shown is shown again", async () => {
  const circle = unique("circle");
  const ann = await tab(circle, "ann");
  const bo = await tab(circle, "bo");
  await bo.room.present({ isWriting: true });
  await until(ann.presence, ({ members }) => members[1]?.state?.isWriting === true);

  await bo.proxy.cut();
  await status(bo.client, "reconnecting");
  const during = bo.presence.getSnapshot();
  await until(bo.presence, ({ isLive, self }) => isLive && self?.state?.isWriting === true);
  await bo.room.present({ isWriting: false });
  await until(ann.presence, ({ members }) => members[1]?.state?.isWriting === false);

  expect(during).toMatchObject({ isLive: false, members: [{ subject: "ann" }, { subject: "bo" }] });
  expect(ann.seen.slice(1).filter((them) => !them.includes("bo"))).toEqual([]);
});

it("whoever does not come back after a cut is gone when the grace is over", async () => {
  const circle = unique("circle");
  const ann = await tab(circle, "ann");
  const bo = await tab(circle, "bo");
  await ann.sees("ann", "bo");
  const start = performance.now();

  await bo.proxy.refuse();
  await bo.proxy.cut();
  await ann.sees("ann");

  expect(performance.now() - start).toBeGreaterThan(5_000);
});

it("whoever leaves the room is gone at once, while the connection stays", async () => {
  const circle = unique("circle");
  const ann = await tab(circle, "ann");
  const bo = await tab(circle, "bo");
  await ann.sees("ann", "bo");

  bo.room.leave();
  await ann.sees("ann");

  expect(bo.client.connection.getSnapshot().status).toBe("connected");
  expect(bo.presence.getSnapshot()).toEqual({ members: [], self: undefined, isLive: false });
});
