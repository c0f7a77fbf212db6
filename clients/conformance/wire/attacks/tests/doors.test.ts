// Attacks at the door: false addresses, pages of other sites, names that do not exist, and sessions of others.

import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { ATTACKER, attack, patiently } from "../harness/attack.js";
import { ask, mustOpen, open, RawSocket } from "../harness/raw.js";

const PROXY = "127.0.0.100";

attack("forged X-Forwarded-For", {
  memory: 32,
  options: { trustedProxies: `${PROXY}/32` },
  async run({ server, url }) {
    const forwardedBy = async (from: string, forwarded: (number: number) => string) => {
      let refused = 0;
      for (let number = 0; number < 150; number += 1) {
        const headers = { "X-Forwarded-For": forwarded(number) };
        const opened = await open(url, { from, headers });
        if (opened instanceof RawSocket) opened.tcp.destroy();
        else refused += 1;
      }
      return refused;
    };

    const direct = await forwardedBy(ATTACKER, (number) => `203.0.113.${number}`);
    // The proxy puts the address that it sees behind what was there.
    const proxied = await forwardedBy(PROXY, (number) => `203.0.113.${number}, 198.51.100.7`);

    expect(direct).toBeGreaterThan(30);
    expect(proxied).toBeGreaterThan(30);
    await server.logged("refused a handshake", ATTACKER, "TooFast");
    await server.logged("refused a handshake", "198.51.100.7", "TooFast");
    expect(server.log.filter((line) => line.includes("203.0.113."))).toEqual([]);
    const headers = { "X-Forwarded-For": "198.51.100.8" };
    await mustOpen(url, { from: PROXY, headers });
    return `429 for ${direct} of 150, behind a proxy for ${proxied}`;
  },
});

attack("cross-site WebSocket", {
  memory: 32,
  options: { polling: true },
  async run({ server, url }) {
    const statuses = new Set<number>();
    const polling = `${url}/socket.io/?EIO=4&transport=polling`;
    for (const origin of ["https://evil.example", "null", `${url}.evil.example`]) {
      for (let times = 0; times < 20; times += 1) {
        const opened = await open(url, { from: ATTACKER, headers: { Origin: origin } });
        statuses.add(opened instanceof RawSocket ? 101 : opened.status);
        const polled = await ask(polling, { from: ATTACKER, headers: { Origin: origin } });
        statuses.add(polled.status);
        expect(polled.body).toContain("origin_denied");
      }
    }

    expect(statuses).toEqual(new Set([403]));
    await server.logged("refused an origin", "https://evil.example", ATTACKER);
    await mustOpen(url, { from: ATTACKER, headers: { Origin: url } });
    return "403 for all 120";
  },
});

attack("namespace probing", {
  memory: 32,
  async run({ server, url }) {
    let probed = 0;
    for (;;) {
      const socket = await patiently(url);
      if ((await socket.enter("/chat").catch(() => "put out")) === "banned") break;
      while (!socket.isClosed) {
        const answers = Array.from({ length: 5 }, async () => {
          probed += 1;
          return socket.enter(`/admin-${probed}`).catch(() => "closed");
        });
        for (const answer of await Promise.all(answers)) {
          expect(["unknown_namespace", "closed"]).toContain(answer);
        }
      }
    }

    await server.logged("the namespace does not exist", "/admin-7", ATTACKER);
    await server.logged("refused too often", ATTACKER);
    await server.logged("tautline::audit", `address ${ATTACKER}`, "mistake", "Banned");
    return `unknown_namespace, put out, banned within ${probed}`;
  },
});

attack("a stranger's session id over polling", {
  memory: 32,
  options: { polling: true },
  async run({ server, url }) {
    const victim = "127.0.0.50";
    const polling = `${url}/socket.io/?EIO=4&transport=polling`;
    const opened = await ask(polling, { from: victim });
    const { sid } = JSON.parse(opened.body.slice(1)) as { sid: string };
    const session = `${polling}&sid=${sid}`;
    const say = {
      method: "POST",
      body: '42/chat,["hush",{"circleId":"c","isQuiet":true}]',
    } as const;

    // Stolen from a log of requests.
    expect((await ask(session, { from: ATTACKER, ...say })).status).toBe(400);
    expect((await ask(session, { from: ATTACKER })).status).toBe(400);
    const upgrade = await open(url, { from: ATTACKER, session: sid });
    expect(upgrade instanceof RawSocket ? 101 : upgrade.status).toBe(400);
    await server.logged("refused a session of another address", ATTACKER);

    const guesses = new Map<number, number>();
    for (let number = 0; number < 1_500; number += 1) {
      const guess = randomBytes(12).toString("base64url");
      const { status } = await ask(`${polling}&sid=${guess}`, { from: ATTACKER, ...say });
      guesses.set(status, (guesses.get(status) ?? 0) + 1);
    }
    expect(new Set(guesses.keys())).toEqual(new Set([400, 429]));
    await server.logged("tautline::audit", `address ${ATTACKER}`, "Banned");
    expect((await ask(session, { from: victim, method: "POST", body: "40/work," })).status).toBe(
      200,
    );
    return `400 for the stolen one, 429 for ${guesses.get(429)} of 1,500 guesses, banned`;
  },
});
