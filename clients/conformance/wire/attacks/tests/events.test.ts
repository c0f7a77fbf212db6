// Attacks with events: too many, those that nobody knows, rooms without end, and answers that never come.

import { expect } from "vitest";
import { sign } from "../../harness/token.js";
import { CIRCLE } from "../crowd/protocol.js";
import { ATTACKER, attack, untilBanned } from "../harness/attack.js";
import { frame, mustOpen } from "../harness/raw.js";

attack("event flood", {
  memory: 32,
  async run({ server, url }) {
    const token = sign({ sub: "mallory" });
    const join = `42/chat,1["join_circle",{"circleId":"${CIRCLE}"}]`;
    const hush = `42/chat,["hush",{"circleId":"elsewhere","isQuiet":false}]`;
    const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => frame(hush)));
    let sent = 0;
    await untilBanned(url, "/chat", { token }, async (socket) => {
      socket.send(join);
      while (!socket.isClosed) {
        socket.write(thousand);
        sent += 1_000;
        await socket.drained();
      }
      expect(socket.texts.some((text) => text.includes("rate_limited"))).toBe(true);
    });

    await server.logged("tautline::audit", "user mallory", "flood", "Warned");
    await server.logged("tautline::audit", "user mallory", "flood", "Disconnected");
    await server.logged("tautline::audit", "user mallory", "flood", "Banned");
    await server.logged("disconnected", "mallory", ATTACKER, "kicked");
    return `rate_limited, put out, banned within ${sent.toLocaleString("en")}`;
  },
});

attack("unknown events", {
  memory: 32,
  async run({ server, url }) {
    const unknown = Array.from({ length: 20 }, (_, number) => `42/work,["drop_${number}",{}]`);
    await untilBanned(url, "/work", {}, async (socket) => {
      while (!socket.isClosed) {
        socket.send(...unknown);
        await socket.drained();
      }
    });

    await server.logged("refused", "unknown_event", "drop_7");
    await server.logged("tautline::audit", `address ${ATTACKER}`, "mistake", "Warned");
    await server.logged("tautline::audit", `address ${ATTACKER}`, "mistake", "Banned");
    return "unknown_event, put out, banned";
  },
});

attack("thousands of rooms", {
  memory: 64,
  async run({ server, url }) {
    let joined = 0;
    let refused = 0;
    for (let client = 0; client < 8; client += 1) {
      const socket = await mustOpen(url, { from: ATTACKER });
      expect(await socket.enter("/work")).toBeUndefined();
      for (let room = 0; room < 1_000; room += 1) {
        const deskId = `${client}-${room}`.repeat(10);
        socket.send(`42/work,${room}["join_desk",{"deskId":"${deskId}"}]`);
      }
      const answers = await Promise.all(
        Array.from({ length: 1_000 }, (_, room) => socket.next(`43/work,${room}[`)),
      );
      joined += answers.filter((answer) => answer.includes('"ok"')).length;
      refused += answers.filter((answer) => answer.includes("too_many_rooms")).length;
    }

    expect(joined).toBeLessThanOrEqual(8 * 128);
    expect(joined + refused).toBe(8_000);
    await server.logged("refused", "join_desk", "too_many_rooms", "connection=");
    return `too_many_rooms for ${refused.toLocaleString("en")} of 8,000`;
  },
});

attack("withheld answers", {
  memory: 64,
  async run({ server, url }) {
    const socket = await mustOpen(url, { from: ATTACKER });
    expect(await socket.enter("/work")).toBeUndefined();
    socket.send(`42/work,1["join_desk",{"deskId":"desk"}]`);
    await socket.next("43/work,1[");
    for (let job = 0; job < 1_500; job += 1) {
      socket.send(`42/work,${job + 2}["begin_job",{"deskId":"desk","job":"${job}"}]`);
    }
    const refusal = await socket.next("43/work,");

    expect(refusal).toContain('"capacity"');
    await server.logged("refused", "begin_job", "capacity");
    socket.tcp.destroy();
    await server.logged("disconnected", "/work", ATTACKER, "connection_lost");
    return "capacity for all but 512 at once";
  },
});
