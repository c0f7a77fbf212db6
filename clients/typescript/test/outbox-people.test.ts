// Whose the commands of the outbox are: nothing is seen by somebody else, or sent as them.

import { expect, test } from "vitest";
import { keptIn } from "../src/outbox-keeping.js";
import { Board, Desk } from "./board.js";
import { outboxWorld, tokenOf } from "./outbox-world.js";
import { problem, stage } from "./stage.js";

test("what one person wrote waits while another one is signed in, unseen and unsent", async () => {
  const { open, server, board, crash, settled } = outboxWorld();
  server.welcome = { subject: "ann" };
  const ann = open();
  ann.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  ann.add("from ann");
  await settled();
  crash();

  server.isReachable = true;
  server.welcome = { subject: "ben" };
  const ben = open();
  ben.client.connect();
  await settled();
  const seen = ben.shown();
  ben.add("from ben");
  await settled();
  crash();
  server.welcome = { subject: "ann" };
  const back = open();
  back.client.connect();
  await settled();

  expect(seen).toEqual([]);
  expect(ben.problems).toEqual([]);
  expect(board.ran).toEqual([
    { subject: "ben", text: "from ben" },
    { subject: "ann", text: "from ann" },
  ]);
});

test("in one life of the page, too, nothing is sent as somebody else", async () => {
  const { client, server, connected, pass, sent } = stage();
  server.welcome = { subject: "ann" };
  server.handle("add_card", () => ({ id: "c" }));
  await connected();
  server.isReachable = false;
  server.cut();
  const answer = client.run(Board.commands.addCard, { boardId: "b", text: "from ann" });

  server.isReachable = true;
  server.welcome = { subject: "ben" };
  await pass(30_000);
  const asBen = { sent: sent(), seen: client.outbox.getSnapshot().entries };
  server.welcome = { subject: "ann" };
  server.cut();
  await pass(1_000);

  expect(asBen).toEqual({ sent: [], seen: [] });
  await expect(answer).resolves.toMatchObject({ ok: true });
});

test("what one person is refused says nothing of what another one wrote", async () => {
  const { client, server, connected, pass } = stage();
  client.use(Desk);
  server.welcome = { subject: "ann" };
  server.handle("add_card", () => ({ id: "c" }));
  await connected();
  server.isReachable = false;
  server.cut();
  const answer = client.run(Board.commands.addCard, { boardId: "b", text: "from ann" });

  server.isReachable = true;
  server.welcome = { subject: "ben" };
  server.onConnect = ({ namespace }) =>
    namespace === "/board" ? problem("namespace_denied", "give_up") : undefined;
  await pass(30_000);
  server.onConnect = () => undefined;
  server.welcome = { subject: "ann" };
  server.cut();
  await pass(1_000);

  await expect(answer).resolves.toMatchObject({ ok: true });
});

test("what is written before anybody is welcomed belongs to who is welcomed then", async () => {
  const { open, server, board, crash, settled, disk } = outboxWorld();
  server.welcome = { subject: "ann" };
  open().client.connect();
  await settled();
  crash();
  server.welcome = { subject: "ben" };
  server.isReachable = false;
  const ben = open();
  ben.client.connect();
  ben.add("from ben");
  await settled();
  const before = [...disk.rows.values()].map(({ subject }) => subject);

  server.isReachable = true;
  ben.client.connect();
  await settled();

  expect(before).toEqual([undefined]);
  expect(board.ran).toEqual([{ subject: "ben", text: "from ben" }]);
});

test("what was written offline in a life without a welcome is theirs whom the token names", async () => {
  const { open, server, board, crash, settled } = outboxWorld();
  server.isReachable = false;
  const offline = open({ auth: () => tokenOf("ann") });
  offline.client.connect();
  await settled();
  offline.add("milk");
  await settled();
  crash();

  server.isReachable = true;
  server.welcome = { subject: "ben" };
  open({ auth: () => tokenOf("ben") }).client.connect();
  await settled();
  const asBen = [...board.ran];
  crash();
  server.welcome = { subject: "ann" };
  open().client.connect();
  await settled();

  expect(asBen).toEqual([]);
  expect(board.ran).toEqual([{ subject: "ann", text: "milk" }]);
});

test("what waits is shown before there is a connection to whom the token names, and to nobody else", async () => {
  const { open, server, crash, settled } = outboxWorld();
  server.isReachable = false;
  const first = open({ auth: () => tokenOf("änne") });
  first.client.connect();
  await settled();
  first.add("milk");
  await settled();
  crash();

  const other = open({ auth: () => tokenOf("ben") });
  other.client.connect();
  await settled();
  const seen = other.shown();
  crash();
  const second = open({ auth: () => tokenOf("änne") });
  second.client.connect();
  await settled();

  expect(seen).toEqual([]);
  expect(second.shown()).toEqual(["milk: queued"]);
});

test("an app whose tokens say nothing can say who uses it", async () => {
  const { open, server, disk, crash, settled } = outboxWorld();
  const outbox = keptIn(disk.storage, () => "ann");
  server.isReachable = false;
  const first = open({ outbox, auth: () => "opaque" });
  first.client.connect();
  first.add("milk");
  await settled();
  crash();

  const second = open({ outbox: keptIn(disk.storage, () => "ann"), auth: () => "opaque" });
  second.client.connect();
  await settled();

  expect([...disk.rows.values()].map(({ subject }) => subject)).toEqual(["ann"]);
  expect(second.shown()).toEqual(["milk: queued"]);
});

test("what is written while the token is another person's already is theirs", async () => {
  const { open, server, board, settled } = outboxWorld();
  let token = tokenOf("ann");
  server.welcome = { subject: "ann" };
  const { client, add } = open({ auth: () => token });
  client.connect();
  await settled();
  token = tokenOf("ben");
  server.isReachable = false;
  server.cut();
  client.connect();
  await settled();
  add("from ben");
  await settled();

  server.isReachable = true;
  server.welcome = { subject: "ann" };
  client.connect();
  await settled();
  const asAnn = [...board.ran];
  server.cut();
  server.welcome = { subject: "ben" };
  client.connect();
  await settled();

  expect(asAnn).toEqual([]);
  expect(board.ran).toEqual([{ subject: "ben", text: "from ben" }]);
});

test("a server that gives people other names than their tokens is believed", async () => {
  const { open, server, crash, settled, added } = outboxWorld();
  server.welcome = { subject: "user:ann" };
  const first = open({ auth: () => tokenOf("ann") });
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.client.connect();
  await settled();
  first.add("milk");
  await settled();
  crash();

  server.isReachable = true;
  open({ auth: () => tokenOf("ann") }).client.connect();
  await settled();

  expect(added()).toEqual(["milk"]);
});

test("a guest whom the server has forgotten goes on as the guest that it is now", async () => {
  const { open, server, board, crash, settled } = outboxWorld();
  const guest = (number: number) => ({
    subject: `guest-${number}`,
    guest: true,
    guestCredential: `secret-${number}`,
  });
  server.welcome = guest(1);
  const first = open();
  first.client.connect();
  await settled();
  board.losesAnswers = true;
  first.add("sent");
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("not sent");
  await settled();
  crash();

  // It was restarted, and its memory is another one.
  Object.assign(board, { losesAnswers: false, ledger: "ledger-2" });
  server.isReachable = true;
  server.welcome = { ...guest(2), ledger: "ledger-2" };
  const second = open();
  second.client.connect();
  await settled();

  expect(server.connects.at(-1)?.auth).toMatchObject({ guest: "secret-1" });
  expect(second.problems).toMatchObject([{ code: "outcome_unknown" }]);
  expect(board.ran).toEqual([
    { subject: "guest-1", text: "sent" },
    { subject: "guest-2", text: "not sent" },
  ]);
});

test("in one life of the page, too, a forgotten guest goes on as the next one", async () => {
  const { client, server, connected, pass } = stage();
  server.handle("add_card", () => ({ id: "c" }));
  server.welcome = { subject: "guest-1", guest: true };
  await connected();
  server.isReachable = false;
  server.cut();
  const answer = client.run(Board.commands.addCard, { boardId: "b", text: "hi" });

  server.isReachable = true;
  server.welcome = { subject: "guest-2", guest: true };
  await pass(30_000);

  await expect(answer).resolves.toMatchObject({ ok: true });
});

test("a guest is the same guest in the next life, and what it wrote goes out", async () => {
  const { open, server, crash, settled, added } = outboxWorld();
  server.welcome = { subject: "guest-1", guest: true, guestCredential: "secret-1" };
  const first = open();
  first.client.connect();
  await settled();
  server.isReachable = false;
  server.cut();
  first.add("milk");
  await settled();
  crash();

  server.isReachable = true;
  open().client.connect();
  await settled();

  expect(server.connects.at(-1)?.auth).toMatchObject({ guest: "secret-1" });
  expect(added()).toEqual(["milk"]);
});
