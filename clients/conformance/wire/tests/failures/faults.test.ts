// Faults of the server: the caller learns that something broke, and nothing of what.

import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { okOf, ours, problemOf, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { Faults } from "../../src/generated/index.js";

const server = serverForFile();
expectBystanderUntouched(server);

const INTERNAL = { code: "internal", category: "internal", traceId: expect.stringMatching(/./) };

it.each([
  ["panic", {}],
  ["refuse", { refusal: "undeclared" }],
])("`%s` tells the stock client nothing of its cause", async (command, payload) => {
  const client = await stock(server.url, "/faults");

  const problem = problemOf(await client.call(command, payload));

  expect(problem).toMatchObject(INTERNAL);
  expect(JSON.stringify(problem)).not.toMatch(/hunter2|password|panicked|\.rs/);
});

it("a panic tells our client nothing of its cause", async () => {
  const client = ours(server.url);
  client.connect();

  const result = await client.run(Faults.commands.panic, undefined);

  expect(result).toMatchObject({ ok: false, problem: INTERNAL });
  expect(JSON.stringify(result)).not.toContain("hunter2");
});

it("a client goes on after the panic of its handler", async () => {
  const client = await stock(server.url, "/faults");

  await client.call("panic", {});

  expect(okOf(await client.call("who_am_i"))).toMatchObject({ guest: true });
});

it("a handler that does not end is given up for the stock client", async () => {
  const client = await stock(server.url, "/faults");

  const problem = problemOf(await client.call("hang"));

  expect(problem).toMatchObject({ code: "timed_out", category: "timeout" });
});

it("a handler that does not end is given up for our client", async () => {
  const client = ours(server.url);
  client.connect();

  const result = await client.run(Faults.commands.hang, undefined);

  expect(result).toMatchObject({ ok: false, problem: { code: "timed_out" } });
});

it("a command that nobody waits for tells its failure as an event, with the id that it had", async () => {
  const id = "01890a5d-ac96-774b-bcce-b302099a8057";
  const client = await stock(server.url, "/faults");

  client.emit("refuse_quietly", { refusal: "undeclared" }, { id });

  const [told] = await client.next("tautline:problem");
  expect(told).toMatchObject({ event: "refuse_quietly", id, problem: INTERNAL });
  expect(JSON.stringify(told)).not.toContain("hunter2");
});

it("our client tells the app of problems that have no caller", async () => {
  const client = ours(server.url);
  client.connect();
  client.use(Faults);
  const told = new Promise((resolve) => {
    client.onProblem((problem, event) => resolve({ problem, event }));
  });

  await client.run(Faults.commands.whoAmI, undefined);
  await client.run(Faults.commands.refuseQuietly, { refusal: "broken" });

  expect(await told).toMatchObject({ event: "refuse_quietly", problem: { code: "fault.broken" } });
});
