// Values that nobody thought of: made of the contract's schemas, read by both TypeScript compilers, sent by our client
// to the real server. Each comes back as serde says that it does, as the answer and as an event.
// `scripts/soak/values.sh` sends more of them.

import { command, event, namespace } from "@tautline/client";
import { describe, expect, it } from "vitest";
import { ours, stock } from "../../harness/clients.js";
import { ROOT } from "../../harness/paths.js";
import { serverForFile } from "../../harness/server.js";

/** A value, and what comes back of it. */
interface Fixture {
  readonly sent: unknown;
  readonly back: unknown;
}

const { fixtures } = (await import(`${ROOT}artifacts/fixtures/profile.ts`)) as {
  fixtures: Readonly<Record<string, readonly Fixture[]>>;
};
const ECHO = "/echo command ";
const echoes = Object.entries(fixtures).filter(([key]) => key.startsWith(`${ECHO}echo_`));
const server = serverForFile({ contract: "profile" });

/** How many values must go round at least: as many as the soak says that it sends. */
const WANTED = Number(process.env["CLIENT_VALUES"] ?? 500);

const count = echoes.reduce((sum, [, values]) => sum + values.length, 0);

it(`there are values of every echo, ${count} of them`, () => {
  expect(echoes.length).toBeGreaterThan(10);
  expect(echoes.filter(([, values]) => values.length < 20)).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(WANTED);
});

describe.each(echoes)("%s", (key, values) => {
  it("comes back as serde says", { timeout: 600_000 }, async () => {
    const client = ours(server.url, {
      contract: { name: "profile", version: "1.0.0", hash: "", namespaces: {} },
    });
    client.connect();
    const facts = { name: key.slice(ECHO.length), ack: true, delivery: "at_most_once" } as const;
    const { commands, events } = namespace({
      path: "/echo",
      commands: { echo: command<unknown, unknown>(facts) },
      events: {
        echoed: event<unknown>({ name: facts.name.slice("echo_".length), delivery: "live" }),
      },
    });
    const heard: unknown[] = [];
    client.on(events.echoed, (value) => heard.push(plain(value)));

    for (const { sent, back } of values) {
      const result = await client.run(commands.echo, sent);

      // Not strictly: that would take a field called `constructor` for the object's type.
      expect(plain(result), JSON.stringify(plain(sent))).toEqual({
        ok: true,
        value: plain(back),
      });
    }

    // An event leaves with the answer, before it.
    expect(heard).toEqual(values.map(({ back }) => plain(back)));
  });
});

describe("what JavaScript holds and no contract", () => {
  const texts = {
    empty: "",
    escapes: "",
    controls: "",
    emoji: "",
    lineSeparators: "",
    placeholder: "",
  };
  const whole = {
    i8Min: 0,
    i8Max: 0,
    i16Min: 0,
    i16Max: 0,
    i32Min: 0,
    i32Max: 0,
    u8Max: 0,
    u16Max: 0,
  };
  const integers = { ...whole, u32Max: 0, safeMax: 0, u64Max: "0", i64Min: "0" };
  const fractions = { third: 0, huge: 0, tiny: 0, negative: 0, whole: 0 };

  it.each([
    ["the first half of a pair", "echo_texts", { ...texts, emoji: "\ud83d" }],
    ["the second half of a pair", "echo_texts", { ...texts, emoji: "\udc00 and more" }],
    ["an infinity", "echo_fractions", { ...fractions, huge: Number.POSITIVE_INFINITY }],
    ["a negative infinity", "echo_fractions", { ...fractions, huge: Number.NEGATIVE_INFINITY }],
    ["no number", "echo_fractions", { ...fractions, huge: Number.NaN }],
    ["a number of too many bits", "echo_integers", { ...integers, i8Min: 128 }],
    ["a text beyond 64 bits", "echo_integers", { ...integers, u64Max: "18446744073709551616" }],
    ["a text beyond 63 bits", "echo_integers", { ...integers, i64Min: "9223372036854775808" }],
    ["a text below 63 bits", "echo_integers", { ...integers, i64Min: "-9223372036854775809" }],
    ["a nought with a sign", "echo_integers", { ...integers, i64Min: "-0" }],
    ["a number with a plus", "echo_integers", { ...integers, u64Max: "+1" }],
    ["a number that begins with nought", "echo_integers", { ...integers, u64Max: "01" }],
    ["a number of no digits", "echo_integers", { ...integers, u64Max: "" }],
    ["a list in a thousand lists", "echo_anything", { list: nest(1_000) }],
  ])("%s is refused, and the connection stays", async (_, name, value) => {
    const client = await stock(server.url, "/echo");

    const answer = await client.call(name, value);

    expect(answer).toMatchObject({ error: { category: "invalid", outcome: "not_executed" } });
    expect(await client.call("echo_nothing", {})).toStrictEqual({ ok: {} });
  });
});

it("a field that nobody knows is left out, at any depth", async () => {
  const client = await stock(server.url, "/echo");
  const more = { later: [{ "": null }] };
  const leaf = { name: "leaf", children: [] };

  const answer = await client.call("echo_collections", {
    ...{ empty: [], numbers: [], matrix: [], holes: [], map: {}, mapOfMaps: {}, ...more },
    trees: [{ ...leaf, ...more }],
  });

  expect(answer).toMatchObject({ ok: { trees: [leaf] } });
  expect(JSON.stringify(answer)).not.toContain("later");
});

function nest(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

/** Bytes as plain JSON has them, whatever holds them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  // As an own field, whatever its name.
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
