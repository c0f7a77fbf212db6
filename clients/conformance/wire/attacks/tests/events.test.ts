// Attacks with events: too many, those that nobody knows, and answers that never come.

import { expect } from "vitest";
import { sign } from "../../harness/token.js";
import { ATTACKER, attack } from "../harness/attack.js";
import { CIRCLE } from "../harness/crowd.js";
import { frame, mustOpen, type RawSocket } from "../harness/raw.js";

attack("event flood", {
  memory: 64,
  async run({ server, url }) {
    const token = sign({ sub: "mallory" });
    const join = `42/chat,1["join_circle",{"circleId":"${CIRCLE}"}]`;
    const hush = `42/chat,["hush",{"circleId":"elsewhere","isQuiet":false}]`;
    const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => frame(hush)));
    let sent = 0;
    let connections = 0;
    let refusal: string | undefined;
    for (;;) {
      const socket = await mustOpen(url, { from: ATTACKER });
      refusal = await socket.enter("/chat", { token });
      if (refusal !== undefined) break;
      connections += 1;
      socket.send(join);
      while (!socket.isClosed) {
        socket.write(thousand);
        sent += 1_000;
        await drained(socket);
      }
      expect(socket.texts.some((text) => text.includes("rate_limited"))).toBe(true);
    }

    expect(refusal).toBe("banned");
    await server.logged("tautline::audit", "user mallory", "flood", "Warned");
    await server.logged("tautline::audit", "user mallory", "flood", "Disconnected");
    await server.logged("tautline::audit", "user mallory", "flood", "Banned");
    return `rate_limited, put out ${connections} times in ${sent.toLocaleString("en")}, banned`;
  },
});

/** Waits until what was written has left, or the connection is over. */
async function drained(socket: RawSocket): Promise<void> {
  await Promise.race([
    socket.closed,
    new Promise<void>((resolve) => socket.tcp.write("", () => setImmediate(resolve))),
  ]);
}
