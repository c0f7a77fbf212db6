// What a client emits the moment it is connected is not lost.

import { io, type Socket } from "socket.io-client";
import { expect, it } from "vitest";
import { atEnd, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { counted } from "../../harness/work.js";

const server = serverForFile();
const CLIENTS = 400;

it("400 clients that emit at once on `connect` are all heard and answered", async () => {
  const sockets: Socket[] = [];
  atEnd(() => {
    for (const socket of sockets) socket.close();
  });

  const answers = await Promise.all(
    Array.from({ length: CLIENTS }, () => {
      const socket = io(`${server.url}/work`, { transports: ["websocket"], forceNew: true });
      sockets.push(socket);
      return new Promise<unknown>((resolve) => {
        socket.on("connect", () => socket.emit("arrive", resolve));
      });
    }),
  );

  const { arrivals } = await counted(await stock(server.url, "/work"));
  expect(answers).toEqual(Array(CLIENTS).fill({ ok: null }));
  expect(arrivals).toBe(CLIENTS);
});
