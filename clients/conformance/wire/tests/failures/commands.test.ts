// Every failure that one command can provoke reaches its caller as a problem, and nobody else is touched.

import type { Command, NamespaceParts, Problem } from "@tautline/client";
import { describe, expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { ours, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { contract } from "../../src/generated/index.js";
import { CASES } from "./cases.js";

const server = serverForFile();
expectBystanderUntouched(server);

describe.each(CASES)("$name", ({ namespace, command, payload, problem }) => {
  const expected = { ...problem, message: expect.any(String), traceId: expect.any(String) };

  it("reaches the stock client", async () => {
    const client = await stock(server.url, namespace);

    const answer = await client.call(command, payload);

    expect(answer).toEqual({ error: expect.objectContaining(expected) });
  });

  it("reaches our client", async () => {
    const client = ours(server.url);
    client.connect();

    const result = await client.run(descriptor(namespace, command), payload);

    expect(result).toEqual({ ok: false, problem: expect.objectContaining(expected) });
  });
});

/** The generated descriptor of a command; a join is one too. */
function descriptor(path: string, name: string): Command<unknown, unknown, Problem> {
  const parts = Object.values<NamespaceParts>(contract.namespaces).find(
    (each) => each.path === path,
  );
  const found = Object.values(parts?.commands ?? {}).find((each) => each.name === name);
  if (found) return found as Command<unknown, unknown, Problem>;
  return { kind: "command", namespace: path, name, ack: true, delivery: "at_most_once" };
}
