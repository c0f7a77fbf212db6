// Pages that were built from older states of the agent chat's contract, against its server of today. Their locks are in
// `schema/locks`: 0.9.0 goes on working, 0.8.0 does not, since its people lack a scope.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { agentChatForFile, signIn } from "../../harness/agent-chat.js";
import { ours, status, until } from "../../harness/clients.js";
import { ROOT } from "../../harness/paths.js";
import { Chat, contract } from "../../src/agent-chat-0.9.0/generated/index.js";

const server = agentChatForFile();

interface Table {
  readonly hash: string;
  readonly versions: Record<string, { version: string; verdict: string; because: string[] }>;
}

const table: Table = JSON.parse(readFileSync(`${ROOT}schema/contract.compat.json`, "utf8"));

function lock(version: string): { readonly hash: string } {
  return JSON.parse(readFileSync(`${ROOT}schema/locks/${version}.json`, "utf8"));
}

it("an old page that the gate found compatible does its work on the new server", async () => {
  expect(contract.hash).not.toBe(table.hash);
  expect(table.versions[contract.hash]).toMatchObject({ version: "0.9.0", verdict: "compatible" });
  const client = ours(server.url, { contract, auth: () => signIn(server.url, "ann") });
  client.connect();
  const heard = new Promise<string>((resolve) => {
    client.on(Chat.events.messageCreated, ({ body }) => {
      if (body.type === "text") resolve(body.text);
    });
  });

  const { subject } = await status(client, "connected");
  const session = await client.run(Chat.commands.createSession, { title: "Old", members: [] });
  if (!session.ok) throw new Error(session.problem.message);
  const { sessionId } = session.value;
  await until(client.join(Chat.rooms.chatSession, { sessionId }), (it) => it.status === "joined");
  const body = { type: "text", text: "still here" } as const;
  const sent = await client.run(Chat.commands.sendMessage, { sessionId, body });

  expect(sent).toMatchObject({ ok: true, value: { author: subject, body } });
  expect(await heard).toBe("still here");
});

it("an older page that the gate found incompatible is told to upgrade", async () => {
  const { hash } = lock("0.8.0");
  const because = table.versions[hash]?.because ?? [];
  expect(because).toContain("/chat event approve_tool [policy.scope_demanded]");
  const lines: string[] = [];
  const client = ours(server.url, {
    contract: { ...contract, version: "0.8.0", hash },
    auth: () => signIn(server.url, "ann"),
    logger: (level, message) => void lines.push(`${level}: ${message}`),
  });
  client.connect();

  const { problem } = await status(client, "failed");

  expect(problem).toMatchObject({ code: "upgrade_client", recovery: { action: "upgrade_client" } });
  expect(lines.find((line) => line.startsWith("error: "))).toContain("cargo contract");
});

it("a page of a state that no lock vouches for comes in while we develop, and hears so", async () => {
  const lines: string[] = [];
  const client = ours(server.url, {
    contract: { ...contract, version: "0.9.1", hash: "0123456789" },
    auth: () => signIn(server.url, "ann"),
    logger: (level, message) => void lines.push(`${level}: ${message}`),
  });
  client.connect();

  await status(client, "connected");

  const warning = lines.find((line) => line.startsWith("warn: this page was built from another"));
  expect(warning).toContain("write");
});
