// Clients that write and read on links that are cut again and again: what was answered happened once, everybody heard of
// it once and in one order, and in the end everybody sees the same board.

import { setTimeout as pause } from "node:timers/promises";
import { type Client, createClient, roomState } from "@tautline/client";
import { expect, onTestFinished, test } from "vitest";
import { Boards, contract } from "../../web/src/generated/index.js";
import { startCuttingProxy } from "../harness/cutting-proxy.js";
import { startServer } from "../harness/server.js";
import { sign } from "../harness/token.js";

const MINUTES = Number(process.env["SOAK_MINUTES"] ?? 1);
const CLIENTS = 8;
const BOARD = { boardId: "soak" };

const board = roomState(Boards.rooms.board, Boards, {
  cardAdded: ({ cards }, { title, replaces }) => ({
    cards: [...new Set([...cards.filter((card) => card !== replaces), title])],
  }),
});

/** A client, what it was promised, and what it heard. */
interface Participant {
  readonly client: Client;
  readonly promised: string[];
  readonly heard: { readonly title: string; readonly seq: number }[];
  /** Whether it was told that it had missed events for good, and got the state instead. */
  hasGap: boolean;
  /** The board as it sees it. */
  readonly cards: () => readonly string[] | undefined;
}

test(`for ${MINUTES} minutes nothing is lost and nothing happens twice`, async () => {
  const server = await startServer({ page: "production" });
  const proxy = await startCuttingProxy(server.url);
  const participants = Array.from({ length: CLIENTS }, (_, it) => join(proxy.url, `client-${it}`));
  onTestFinished(async () => {
    for (const { client } of participants) client.close();
    await proxy.close();
    await server.stop();
  });
  // Who comes later finds the first cards in the state and never hears of them.
  await expect
    .poll(() => participants.every(({ cards }) => cards() !== undefined), { timeout: 15_000 })
    .toBe(true);
  const end = Date.now() + MINUTES * 60_000;
  let cuts = 0;

  const cutting = (async () => {
    while (Date.now() < end) {
      await pause(200 + Math.random() * 3_000);
      proxy.cut();
      cuts += 1;
    }
  })();
  await Promise.all([cutting, ...participants.map((it, index) => write(it, index, end))]);

  await expect
    .poll(() => new Set(participants.map(({ cards }) => cards()?.join())).size, { timeout: 60_000 })
    .toBe(1);
  const promised = participants.flatMap((it) => it.promised);
  const whole = participants.filter(({ hasGap }) => !hasGap);
  console.log(
    `${cuts} cuts, ${promised.length} cards, ${whole.length} of ${CLIENTS} missed nothing`,
  );
  for (const { heard } of participants) {
    const titles = heard.map(({ title }) => title);
    const seqs = heard.map(({ seq }) => seq);
    expect(titles.filter((title, index) => titles.indexOf(title) < index)).toEqual([]);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  }
  for (const { heard } of whole) {
    const titles = new Set(heard.map(({ title }) => title));
    expect(promised.filter((title) => !titles.has(title))).toEqual([]);
  }
});

/** Joins the board with a client of its own, which agrees to every replacement. */
function join(url: string, sub: string): Participant {
  const token = sign({ sub, exp: Math.floor(Date.now() / 1000) + MINUTES * 60 + 3600 });
  const client = createClient({
    url,
    contract,
    roomStates: [board],
    auth: () => token,
    logger: false,
  });
  client.on(Boards.events.cardAdded, ({ title }, { seq = 0 }) => {
    participant.heard.push({ title, seq });
  });
  client.answer(Boards.questions.mayReplace, async (_, question) => {
    // Somebody else may be faster; the first answer counts.
    await question.answer();
    return undefined;
  });
  const room = client.join(board, BOARD);
  const participant: Participant = {
    client,
    promised: [],
    heard: [],
    hasGap: false,
    cards: () => room.getSnapshot().state?.cards,
  };
  room.subscribe(() => {
    if (room.getSnapshot().status === "resynced") participant.hasGap = true;
  });
  client.connect();
  return participant;
}

/** Adds cards until the end. What is refused because the link was cut is not promised. */
async function write({ client, promised }: Participant, index: number, end: number): Promise<void> {
  for (let number = 0; Date.now() < end; number += 1) {
    const title = `${index}-${number}`;
    const result = await client.run(Boards.commands.addCard, { ...BOARD, title });
    if (result.ok) promised.push(title);
    await pause(100 + Math.random() * 400);
  }
}
