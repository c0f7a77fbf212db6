// Attacks with connections: too many, and those that say nothing, take nothing or give nothing.

import { expect } from "vitest";
import { ATTACKER, attack } from "../harness/attack.js";
import { open, RawSocket } from "../harness/raw.js";

attack("connection flood", {
  memory: 48,
  async run({ server, url }) {
    const statuses = new Map<number, number>();
    const flood = async () => {
      for (let number = 0; number < 60; number += 1) {
        const opened = await open(url, { from: ATTACKER });
        const status = opened instanceof RawSocket ? 101 : opened.status;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 25 }, flood));

    const refused = statuses.get(429) ?? 0;
    expect(new Set(statuses.keys())).toEqual(new Set([101, 429]));
    expect(refused).toBeGreaterThan(1_000);
    await server.logged("refused a handshake", ATTACKER, "TooFast");
    await server.logged("tautline::audit", `address ${ATTACKER}`, "handshakes", "Banned");
    const last = await untilLetThrough(url);
    expect(await last.enter("/chat")).toBe("banned");
    await last.closed;
    return `429 for ${refused} of 1,500, then banned`;
  },
});

/** The address may come as often as ever: that it is banned it hears when it wants to enter. */
async function untilLetThrough(url: string): Promise<RawSocket> {
  for (;;) {
    const opened = await open(url, { from: ATTACKER });
    if (opened instanceof RawSocket) return opened;
  }
}
