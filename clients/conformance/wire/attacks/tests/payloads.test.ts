// Attacks with what an event carries: too much, too deep, and attachments that do not add up.

import { expect } from "vitest";
import { ATTACKER, attack, untilBanned } from "../harness/attack.js";
import { frame, frameHead, mustOpen, type RawSocket } from "../harness/raw.js";

const MIB = 1024 * 1024;

attack("giant payloads", {
  memory: 48,
  async run({ server, url }) {
    const tooLarge = echo("x".repeat(200_000));
    const first = await mustOpen(url, { from: ATTACKER });
    expect(await first.enter("/echo")).toBeUndefined();
    // What is beyond 4 MiB is read at 1 MiB a second.
    for (let times = 0; times < 30; times += 1) first.send(tooLarge);
    for (let times = 0; times < 30; times += 1) {
      expect(await first.next("43/echo,1[")).toContain('"payload_too_large"');
    }
    first.tcp.end();
    await server.logged("disconnected", "/echo", ATTACKER, "slowed=true");

    const giants = [frame(echo("x".repeat(1.5 * MIB))), frameHead(1, 1n << 62n)];
    const times = await untilBanned(url, "/echo", {}, async (socket) => {
      for (const giant of giants) socket.write(giant);
    });
    await server.logged("refused", "payload_too_large");
    await server.logged("disconnected", "/echo", ATTACKER, "protocol_error");
    await server.logged("tautline::audit", `address ${ATTACKER}`, "broken_protocol", "Banned");
    return `payload_too_large, slowed down; cut ${times} times, banned`;
  },
});

attack("deeply nested payloads", {
  memory: 32,
  async run({ server, url }) {
    const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    const event = `42/echo,1["echo_anything",{"value":${deep},"byKey":{}}]`;
    const greeting = await mustOpen(url, { from: ATTACKER });
    greeting.send(`40/echo,{"token":${deep}}`);
    expect(await greeting.next("44/echo,")).toContain("invalid_payload");

    let answered = "";
    await untilBanned(url, "/echo", {}, async (socket) => {
      socket.next("43/echo,1[").then(
        (answer) => {
          answered = answer;
        },
        () => {},
      );
      await untilClosed(
        socket,
        Array.from({ length: 10 }, () => event),
      );
    });

    expect(answered).toContain('"invalid_payload"');
    await server.logged("refused", "echo_anything", "invalid_payload");
    await server.logged("tautline::audit", `address ${ATTACKER}`, "Banned");
    return "invalid_payload, put out, banned";
  },
});

attack("attachment abuse", {
  memory: 48,
  async run({ server, url }) {
    const blob = `["echo_blob",{"name":"n","content":{"_placeholder":true,"num":0},"preview":{"_placeholder":true,"num":1}}]`;
    const abuses: ((socket: RawSocket) => void)[] = [
      // Ten thousand are announced.
      (socket) => socket.send(`4510000-/echo,1${blob}`),
      // None of those that were announced comes, but another event.
      (socket) => socket.send(`452-/echo,1${blob}`, `42/echo,2["echo_nothing"]`),
      // One comes that nobody has announced.
      (socket) => socket.write(frame(Buffer.alloc(1_000))),
      // They are larger together than a frame may be.
      (socket) => {
        socket.send(`453-/echo,1${blob}`);
        for (let part = 0; part < 3; part += 1) socket.write(frame(Buffer.alloc(0.9 * MIB)));
      },
      // The number is none.
      (socket) => socket.send(`45-9-/echo,1${blob}`),
    ];
    let next = 0;
    const times = await untilBanned(url, "/echo", {}, async (socket) => {
      abuses[next % abuses.length]?.(socket);
      next += 1;
    });

    expect(times).toBeGreaterThanOrEqual(abuses.length);
    await server.logged("disconnected", "/echo", ATTACKER, "protocol_error");
    await server.logged("tautline::audit", `address ${ATTACKER}`, "broken_protocol", "Banned");
    return `cut ${times} times, banned`;
  },
});

const echo = (text: string) => `42/echo,1["echo_texts",{"text":"${text}","list":[],"byKey":{}}]`;

async function untilClosed(socket: RawSocket, texts: readonly string[]): Promise<void> {
  while (!socket.isClosed) {
    socket.send(...texts);
    await socket.drained();
  }
}
