// Every example of the profile's contract goes to the real server and comes back as it was, and so does every answer.

import { command, namespace } from "@tautline/client";
import { beforeAll, describe, expect, it } from "vitest";
import { ours, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";

/** One command or event of the contract, as `GET /examples` tells it. */
interface Example {
  readonly namespace: string;
  readonly name: string;
  readonly direction: "command" | "event";
  readonly isAcknowledged: boolean;
  readonly payload: unknown;
  readonly answer: unknown;
}

const token = sign({ sub: "anna", scope: "corners:read corners:write" });

const server = serverForFile({ contract: "profile" });
let examples: readonly Example[];

beforeAll(async () => {
  examples = await (await fetch(`${server.url}/examples`)).json();
});

/** The commands of a namespace that are answered. */
const asked = (path: string) =>
  examples.filter(
    ({ namespace, direction, isAcknowledged }) =>
      namespace === path && direction === "command" && isAcknowledged,
  );

/** The commands that give back what they get. */
const echoes = () => asked("/echo").filter(({ name }) => name.startsWith("echo_"));

/** The command or event of that name. */
function example(name: string): Example {
  const found = examples.find((each) => each.name === name);
  if (!found) throw new Error(`the contract has no \`${name}\``);
  return found;
}

describe("/echo", () => {
  it("there is an example of every command and of every event", () => {
    const all = examples.filter(({ namespace }) => namespace === "/echo");

    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ payload }) => payload === null)).toEqual([]);
  });

  it("the stock client gets back what it sends, as an answer and as an event", async () => {
    const client = await stock(server.url, "/echo");

    for (const { name, payload } of echoes()) {
      const answer = await client.call(name, payload);
      const again = await client.call(name, (answer as { ok: unknown }).ok);

      expect(plain(answer), name).toStrictEqual({ ok: payload });
      expect(again, name).toStrictEqual(answer);
      const [event] = await client.next(name.replace("echo_", ""));
      expect(plain(event), name).toStrictEqual(payload);
    }
  });

  it("our client gets back what it sends", async () => {
    const client = ours(server.url, {
      contract: { name: "profile", version: "1.0.0", hash: "", namespaces: {} },
    });
    client.connect();

    for (const { name, payload } of echoes()) {
      const facts = { name, ack: true, delivery: "at_most_once" } as const;
      const { commands } = namespace({
        path: "/echo",
        commands: { echo: command<unknown, unknown>(facts) },
      });
      const first = await client.run(commands.echo, payload);
      const again = await client.run(commands.echo, first.ok ? first.value : undefined);

      expect(plain(first), name).toStrictEqual({ ok: true, value: payload });
      expect(again, name).toStrictEqual(first);
    }
  });

  it("a room is named as the example says", async () => {
    const client = await stock(server.url, "/echo");
    const { payload, answer: state } = example("join_echo_room");

    const answer = await client.call("join_echo_room", payload);

    const { name } = state as { name: string };
    expect(answer).toMatchObject({ ok: { name }, at: [{ room: name }] });
  });
});

describe("/corners", () => {
  it("every answer comes as its example says", async () => {
    const client = await stock(server.url, "/corners", { token });

    for (const { name, payload, answer } of asked("/corners")) {
      const got = await client.call(name, payload ?? {});

      expect(got, name).toMatchObject({ ok: answer });
    }
  });

  it("a durable event comes as its example says", async () => {
    const client = await stock(server.url, "/corners", { token });
    await client.call("join_corner", example("join_corner").payload);

    await client.call("put_thing", example("put_thing").payload);

    expect((await client.next("thing_put"))[0]).toStrictEqual(example("thing_put").payload);
  });
});

/** Bytes as plain JSON has them: base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
