// The same values through our own client and the generated descriptors.

import type { AnyCommand, Command, Problem, ServerEvent } from "@tautline/client";
import { describe, expect, it } from "vitest";
import { ours } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { Echo } from "../../src/generated/index.js";
import { ECHOES } from "./values.js";

const server = serverForFile();

describe.each(ECHOES)("$command", (echo) => {
  const command = named<AnyCommand>(Echo.commands, echo.command) as Command<
    unknown,
    unknown,
    Problem
  >;
  const event = named<unknown>(Echo.events, echo.event) as ServerEvent<unknown>;

  it.each(Object.entries(echo.values))("%s", async (_, { sent, back = sent }) => {
    const client = ours(server.url);
    client.connect();
    const heard = new Promise((resolve) => client.on(event, resolve));

    const result = await client.run(command, sent);

    expect(result).toStrictEqual({ ok: true, value: back });
    expect(await heard).toStrictEqual(back);
  });
});

/** The descriptor of that wire name. */
function named<T>(
  descriptors: Readonly<Record<string, { readonly name: string }>>,
  name: string,
): T {
  const found = Object.values(descriptors).find((descriptor) => descriptor.name === name);
  if (!found) throw new Error(`no descriptor of \`${name}\``);
  return found as T;
}
