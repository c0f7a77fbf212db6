// Clients that write and read on links that are cut again and again: what was answered happened once, and everybody heard
// of it once, in one order.

import { setTimeout as pause } from "node:timers/promises";
import { type Client, createClient } from "@tautline/client";
import { expect, test } from "vitest";
import { Boards, contract } from "../../web/src/generated/index.js";
import { startCuttingProxy } from "../harness/cutting-proxy.js";
import { startServer } from "../harness/server.js";

const MINUTES = Number(process.env["SOAK_MINUTES"] ?? 1);
const CLIENTS = 8;
const BOARD = { boardId: "soak" };

/** A client, what it was promised, and what it heard. */
interface Participant {
  readonly client: Client;
  readonly promised: string[];
  readonly heard: { readonly title: string; readonly seq: number }[];
}

test(`for ${MINUTES} minutes nothing is lost and nothing happens twice`, async () => {
  const server = await startServer({ page: "production" });
  const proxy = await startCuttingProxy(server.url);
  const end = Date.now() + MINUTES * 60_000;
  const participants = Array.from({ length: CLIENTS }, () => join(proxy.url));
  let cuts = 0;

  const cutting = (async () => {
    while (Date.now() < end) {
      await pause(200 + Math.random() * 3_000);
      proxy.cut();
      cuts += 1;
    }
  })();
  await Promise.all([cutting, ...participants.map((it, index) => write(it, index, end))]);

  const promised = participants.flatMap((it) => it.promised);
  const last = Math.max(...participants.flatMap(({ heard }) => heard.map(({ seq }) => seq)));
  await expect
    .poll(() => participants.every(({ heard }) => heard.at(-1)?.seq === last), { timeout: 60_000 })
    .toBe(true);
  console.log(`${cuts} cuts, ${promised.length} cards promised, ${last} events`);
  for (const { heard } of participants) {
    const titles = heard.map(({ title }) => title);
    const seqs = heard.map(({ seq }) => seq);
    expect(new Set(titles).size).toBe(titles.length);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(promised.filter((title) => !titles.includes(title))).toEqual([]);
  }

  for (const { client } of participants) client.close();
  await proxy.close();
  await server.stop();
});

/** Joins the board with a client of its own, which agrees to every replacement. */
function join(url: string): Participant {
  const client = createClient({ url, contract, logger: false });
  const heard: { title: string; seq: number }[] = [];
  client.on(Boards.events.cardAdded, ({ title }, { seq = 0 }) => {
    heard.push({ title, seq });
  });
  client.answer(Boards.questions.mayReplace, async (_, question) => {
    // Somebody else may be faster; the first answer counts.
    await question.answer().catch(() => {});
    return undefined;
  });
  client.join(Boards.rooms.board, BOARD);
  client.connect();
  return { client, promised: [], heard };
}

/** Adds cards until the end. What is refused because the link was cut is not promised. */
async function write({ client, promised }: Participant, index: number, end: number): Promise<void> {
  for (let number = 0; Date.now() < end; number += 1) {
    const title = `${index}-${number}`;
    const result = await client.run(Boards.commands.addCard, { ...BOARD, title });
    if (result.ok) promised.push(title);
    await pause(20);
  }
}
