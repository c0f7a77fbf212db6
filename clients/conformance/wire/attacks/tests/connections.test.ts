// Attacks with connections: too many, and those that say nothing, take nothing or give nothing.

import type { Socket } from "node:net";
import { expect } from "vitest";
import { ATTACKER, attack, patiently, untilBanned } from "../harness/attack.js";
import { frame, mustOpen, open, RawSocket, tcp, upgradeRequest } from "../harness/raw.js";

/** Another address of the attacker's, of which nothing is known yet. */
const ACCOMPLICE = "127.0.0.67";

/** Where many sockets come from at once: the kernel is slow to find ports where a flood has just come from. */
const SILENT = "127.0.0.68";

attack("connection flood", {
  memory: 32,
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
    // It may come as often as ever: that it is banned it hears when it wants to enter.
    const last = await patiently(url);
    expect(await last.enter("/chat")).toBe("banned");
    await last.closed;
    return `429 for ${refused} of 1,500, then banned`;
  },
});

attack("half-open sockets", {
  memory: 32,
  options: { connectMs: 1_500, pingMs: 2_000 },
  async run({ server, url }) {
    const silent: Promise<void>[] = [];
    let isEnough = false;
    const refused = server.loggedTimes(200, "refused a socket", SILENT).then(() => {
      isEnough = true;
    });
    // Those of the first round may be over before the last one comes. No more than are worth a warning and an end, so
    // that what comes afterwards weighs, too.
    for (let round = 0; round < 12 && !isEnough; round += 1) {
      const sockets = Array.from({ length: 100 }, () => tcp(url, SILENT));
      silent.push(...(await Promise.all(sockets)).map(ended));
    }
    await refused;
    await Promise.all(silent);
    await server.logged("did not say in time what it wants", `${SILENT}:`, "bytes=0");

    const unentered = await Promise.all(
      Array.from({ length: 30 }, () => mustOpen(url, { from: SILENT })),
    );
    const gone = await mustOpen(url, { from: ACCOMPLICE, pongs: false });
    expect(await gone.enter("/work")).toBeUndefined();
    await Promise.all([...unentered, gone].map(({ closed }) => closed));
    await server.logged("tautline::audit", `address ${SILENT}`, "never_entered");
    await server.logged("tautline::audit", `address ${SILENT}`, "Disconnected");
    await server.logged("disconnected", "/work", ACCOMPLICE, "heartbeat_timeout");
    return "closed: 200 at once, all by their deadlines; put out";
  },
});

attack("slow writer", {
  memory: 32,
  options: { connectMs: 1_500, pingMs: 2_000 },
  async run({ server, url }) {
    const slow = await mustOpen(url, { from: ATTACKER });
    expect(await slow.enter("/work")).toBeUndefined();
    const long = frame(`42/work,["arrive",{"a":"${"x".repeat(10_000)}"}]`);
    const letters = byTheLetter(slow.tcp, long);

    const sockets = await Promise.all(Array.from({ length: 60 }, () => tcp(url, ATTACKER)));
    await Promise.all(
      sockets.map((socket) => byTheLetter(socket, Buffer.from(upgradeRequest(url, {})))),
    );
    await server.logged("did not say in time what it wants", `${ATTACKER}:`);
    await letters;
    await server.logged("disconnected", "/work", ATTACKER);
    await server.logged("tautline::audit", `address ${ATTACKER}`, "never_entered", "Banned");
    expect(await untilBanned(url, "/work", {}, async (socket) => socket.tcp.destroy())).toBe(0);
    return "closed after 1.5 s, banned";
  },
});

attack("slow reader", {
  // 128 frames of 50 KB for each of the four, and what waits behind them.
  memory: 64,
  options: { stallMs: 1_500 },
  async run({ server, url }) {
    const text = "x".repeat(50_000);
    const echo = frame(`42/echo,1["echo_texts",{"text":"${text}","list":[],"byKey":{}}]`);
    const readers = await Promise.all(
      Array.from({ length: 4 }, () => mustOpen(url, { from: ATTACKER })),
    );
    for (const reader of readers) {
      expect(await reader.enter("/echo")).toBeUndefined();
      reader.stopReading();
      // What comes back is twice as much, and more than the kernel takes for it.
      for (let times = 0; times < 100; times += 1) reader.write(echo);
    }

    await server.loggedTimes(readers.length, "disconnected", "/echo", ATTACKER, "stalled");
    return "cut as stalled";
  },
});

/** Sends a letter at a time until the other side has enough of it. */
async function byTheLetter(socket: Socket, bytes: Buffer): Promise<void> {
  const end = ended(socket);
  let next = 0;
  const pace = setInterval(() => {
    if (next < bytes.length - 1) socket.write(bytes.subarray(next, next + 1));
    next += 1;
  }, 50);
  await end;
  clearInterval(pace);
}

/** Resolves when the other side has ended it. */
function ended(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", () => resolve());
  });
}
