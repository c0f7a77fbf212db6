// Starts the server of the agent chat as it is, for clients of the contract as it was.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll } from "vitest";
import { AGENT_CHAT_SERVER } from "./paths.js";

/** A server for all tests of a file, with a journal of its own. */
export function agentChatForFile(): { readonly url: string } {
  const folder = mkdtempSync(join(tmpdir(), "tautline-versions-"));
  let url = "";
  let stop = async () => {};
  beforeAll(async () => {
    const child = spawn(AGENT_CHAT_SERVER, {
      env: { ...process.env, ADDRESS: "127.0.0.1:0", JOURNAL: join(folder, "chat.db") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "close");
    const complaints: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
    stop = async () => {
      child.kill("SIGTERM");
      await ended;
    };
    url = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [, address] = /^listening on (http:\S+)/.exec(line) ?? [];
        if (address) resolve(address);
      });
      child.once("close", () => reject(new Error(`it ended:\n${complaints.join("\n")}`)));
      child.once("error", reject);
    });
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get url() {
      return url;
    },
  };
}

/** A token for somebody of this name. */
export async function signIn(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, role: "member" }),
  });
  const { token } = (await response.json()) as { token: string };
  return token;
}
