// What a stock client gets for a command.

import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { unique } from "../../harness/unique.js";
import { describeEveryStockClient } from "../../stock/every-client.js";

describeEveryStockClient((connect) => {
  it("gets an answer as `{ ok }`", async () => {
    const client = await connect("/echo");

    const answer = await client.call("echo_shapes", SHAPES);

    expect(answer).toEqual({ ok: SHAPES });
  });

  it("gets `{ ok: null }` where there is nothing to say, and may leave out the payload", async () => {
    const client = await connect("/echo");

    const answers = [await client.call("echo_nothing"), await client.call("echo_nothing", {})];

    expect(answers).toEqual([{ ok: null }, { ok: null }]);
  });

  it("gets a refusal as `{ error }`, with the contract's words", async () => {
    const client = await connect("/faults");

    const answer = await client.call("refuse", { refusal: "missing" });

    expect(answer).toEqual({
      error: {
        code: "fault.missing",
        category: "not_found",
        severity: expect.any(String),
        message: "There is no key number 7.",
        recovery: { action: "give_up", hint: "Look for another key." },
        outcome: "not_executed",
        params: { thing: "key", number: 7 },
        traceId: expect.stringMatching(/./),
      },
    });
  });

  it.each([
    ["busy", { code: "fault.busy", recovery: { action: "retry", afterMs: 1500 } }],
    ["later", { code: "fault.later", recovery: { action: "retry", afterMs: 5000 } }],
    ["broken", { code: "fault.broken", severity: "critical" }],
    ["undeclared", { code: "internal", category: "internal" }],
  ])("gets the refusal `%s` as declared", async (refusal, problem) => {
    const client = await connect("/faults");

    const answer = await client.call("refuse", { refusal });

    expect(answer).toMatchObject({ error: problem });
  });

  it("runs an idempotent command each time that it is sent without an id", async () => {
    const client = await connect("/faults");
    const counter = { name: unique("counter") };

    const answers = [await client.call("count", counter), await client.call("count", counter)];

    expect(answers).toEqual([{ ok: { runs: 1 } }, { ok: { runs: 2 } }]);
  });

  it("may send an id by hand: then the command runs once", async () => {
    const client = await connect("/faults");
    const counter = { name: unique("counter") };
    const meta = { id: randomUUID() };

    const first = await client.call("count", counter, meta);
    const second = await client.call("count", counter, meta);

    expect(first).toEqual({ ok: { runs: 1 } });
    expect(second).toEqual({ ok: { runs: 1 }, replayed: true });
  });

  it("hears of the failure of a command that nobody waits for as an event", async () => {
    const client = await connect("/faults");

    client.emit("refuse_quietly", { refusal: "broken" });

    const [told] = await client.next("tautline:problem");
    expect(told).toMatchObject({ event: "refuse_quietly", problem: { code: "fault.broken" } });
  });

  it("gets a problem for an event that does not exist", async () => {
    const client = await connect("/echo");

    const answer = await client.call("no_such_event", {});

    expect(answer).toMatchObject({ error: { code: "unknown_event", outcome: "not_executed" } });
  });
});

const SHAPES = {
  shape: { type: "line", corners: [{ x: 1, y: -2 }], isClosed: true },
  more: [{ type: "point" }, { type: "circle", radius: 0.5 }],
  colour: "grass_green",
  mood: { type: "busy", tasks: 3 },
};
