// What the stock client sends comes back as it was, through serde and the real server: as an answer and as an event.

import { describe, expect, it } from "vitest";
import { stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { ECHOES } from "./values.js";

const server = serverForFile();

describe.each(ECHOES)("$command", ({ command, event, values }) => {
  it.each(Object.entries(values))("%s", async (_, { sent, back = sent }) => {
    const client = await stock(server.url, "/echo");

    const answer = await client.call(command, sent);

    expect(answer).toStrictEqual({ ok: back });
    expect(await client.next(event)).toStrictEqual([back]);
  });
});
