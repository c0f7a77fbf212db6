// A stock Socket.IO server, as it comes from npm: what ours is compared with.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions } from "socket.io";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { atEnd } from "../harness/clients.js";

/** A stock server on a free port. */
export interface StockServer {
  readonly io: Server;
  readonly url: string;
}

/** Starts one. It ends with the test. */
export async function stockServer(options: Partial<ServerOptions> = {}): Promise<StockServer> {
  const http = createServer();
  const server = new Server(http, { transports: ["websocket"], ...options });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());
  return { io: server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

/** Connects a stock client that comes back by itself, without delay. It ends with the test. */
export async function stockClient(
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<Socket> {
  const socket = io(url, {
    transports: ["websocket"],
    forceNew: true,
    reconnectionDelay: 10,
    reconnectionDelayMax: 50,
    ...options,
  });
  atEnd(() => socket.close());
  await connected(socket);
  return socket;
}

/** Waits until it is connected, or connected again. */
export const connected = (socket: Socket) =>
  new Promise<void>((resolve) => socket.once("connect", resolve));
