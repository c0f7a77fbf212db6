// The values of the quickstart's contract, both ways.

import { expect, it } from "vitest";
import { stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";

const server = serverForFile({ contract: "quickstart" });

it.each(["board", "a/b:c %é'()*!~", "日本"])(
  "the board `%s` comes back as it was",
  async (boardId) => {
    const client = await stock(server.url, "/boards");

    const answer = await client.call("join_board", { boardId });

    const room = `board:${encodeURIComponent(boardId)}`;
    expect(answer).toMatchObject({ ok: { cards: ["", boardId] }, at: [{ room }] });
    expect(await client.next("somebody_came")).toStrictEqual([{ boardId }]);
  },
);

it.each([
  ["a card", undefined],
  ["instead of another", "another"],
])(
  "the card `%s` comes back as it was, with what it replaces or without",
  async (title, replaces) => {
    const client = await stock(server.url, "/boards");
    await client.call("join_board", { boardId: title });

    const answer = await client.call("add_card", { boardId: title, title });

    const card = { boardId: title, title, ...(replaces && { replaces }) };
    expect(answer).toMatchObject({ ok: card });
    expect((await client.next("card_added"))[0]).toStrictEqual(card);
  },
);
