// How a stock client gets in, and what it hears when it does not.

import { expect, it } from "vitest";
import { expired, sign } from "../../harness/token.js";
import { describeEveryStockClient } from "../../stock/every-client.js";

describeEveryStockClient((connect) => {
  it("connects as a guest without a token", async () => {
    const client = await connect("/faults");

    const answer = await client.call("who_am_i");

    expect(answer).toEqual({
      ok: { subject: expect.stringMatching(/^guest:/), guest: true, scopes: [] },
    });
  });

  it("connects as whom its token names", async () => {
    const client = await connect("/faults", sign({ sub: "alice", scope: "admin" }));

    const answer = await client.call("who_am_i");

    expect(answer).toEqual({ ok: { subject: "alice", guest: false, scopes: ["admin"] } });
  });

  it("learns from the message of connect_error why a bad token is refused", async () => {
    const problem = await refusal(connect("/faults", sign({ sub: "alice" }, "another secret")));

    expect(problem).toMatchObject({
      code: "token_invalid",
      category: "unauthenticated",
      recovery: { action: "reauthenticate" },
      outcome: "not_executed",
      traceId: expect.stringMatching(/./),
    });
  });

  it("learns that its token has expired", async () => {
    const problem = await refusal(connect("/faults", expired("alice")));

    expect(problem).toMatchObject({ code: "token_expired", category: "unauthenticated" });
  });

  it("learns that a namespace does not exist", async () => {
    const problem = await refusal(connect("/nowhere"));

    expect(problem).toMatchObject({ code: "unknown_namespace", category: "protocol" });
  });
});

/** The problem in the message of a refused connection. */
async function refusal(connecting: Promise<unknown>): Promise<unknown> {
  const error = await connecting.then(
    () => expect.unreachable("the server let it in"),
    (refused: Error) => refused,
  );
  return JSON.parse(error.message);
}
