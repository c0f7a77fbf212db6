// Who may do what: signed in or not, with a scope or without.

import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { okOf, ours, problemOf, status, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { expired, sign } from "../../harness/token.js";
import { Faults } from "../../src/generated/index.js";

const server = serverForFile();
expectBystanderUntouched(server);

it("a caller without the scope is told so", async () => {
  const client = await stock(server.url, "/faults", { token: sign({ sub: "alice" }) });

  const problem = problemOf(await client.call("admins_only"));

  expect(problem).toMatchObject({ code: "permission_denied", outcome: "not_executed" });
});

it("a caller with the scope is let through", async () => {
  const token = sign({ sub: "alice", scope: "other admin" });
  const client = await stock(server.url, "/faults", { token });

  expect(okOf(await client.call("admins_only"))).toBeNull();
});

it("our client's caller without the scope is told so", async () => {
  const client = ours(server.url, { auth: () => sign({ sub: "alice" }) });
  client.connect();

  const result = await client.run(Faults.commands.adminsOnly, undefined);

  expect(result).toMatchObject({ ok: false, problem: { code: "permission_denied" } });
});

it.each([
  ["token_invalid", () => sign({ sub: "alice" }, "another secret")],
  ["token_invalid", () => "no token at all"],
  ["token_expired", () => expired("alice")],
])("our client ends in `%s` when asking for another token does not help", async (code, auth) => {
  const client = ours(server.url, { auth });
  client.connect();

  const { problem } = await status(client, "failed");

  expect(problem).toMatchObject({ code, recovery: { action: "reauthenticate" } });
});

it("our client asks once more for a token that was refused, and gets in", async () => {
  const asked: string[] = [];
  const client = ours(server.url, {
    auth({ reason }) {
      asked.push(reason);
      return reason === "connect" ? expired("alice") : sign({ sub: "alice" });
    },
  });
  client.connect();

  const { subject } = await status(client, "connected");

  expect(subject).toBe("alice");
  expect(asked).toEqual(["connect", "reauthenticate"]);
});

it("a client of another contract is told to upgrade", async () => {
  const contract = { name: "somebody-else's", version: "1.0.0", hash: "0" };

  const refused = stock(server.url, "/faults", { contract });

  const { message } = await refused.then(
    () => expect.unreachable("let in"),
    (error: Error) => error,
  );
  expect(JSON.parse(message)).toMatchObject({
    code: "upgrade_client",
    recovery: { action: "upgrade_client" },
  });
});

it("our client of another contract ends in `upgrade_client`", async () => {
  const other = { name: "somebody-else's", version: "1.0.0", hash: "0", namespaces: { Faults } };
  const client = ours(server.url, { contract: other });
  client.connect();

  const { problem } = await status(client, "failed");

  expect(problem).toMatchObject({ code: "upgrade_client" });
});

it.each([
  ["another subject's token", () => sign({ sub: "bob" })],
  ["a damaged token", () => "no token at all"],
  ["an old token", () => expired("alice")],
])("a refresh with %s is refused, and the old one still holds", async (_, token) => {
  const client = await stock(server.url, "/faults", { token: sign({ sub: "alice" }) });

  const problem = problemOf(await client.call("tautline:refresh", { token: token() }));

  expect(problem).toMatchObject({ category: "unauthenticated", outcome: "not_executed" });
  expect(okOf(await client.call("who_am_i"))).toMatchObject({ subject: "alice" });
});
