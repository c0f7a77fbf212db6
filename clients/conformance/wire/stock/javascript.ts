// Drives the stock JavaScript client.

import { io } from "socket.io-client";
import type { StockDriver } from "./client.js";
import { Inbox } from "./inbox.js";

/** `socket.io-client`, as it comes from npm. */
export const javascript: StockDriver = async ({ url, namespace, transport, auth = {}, from }) => {
  const options = { transports: [transport], auth, forceNew: true, reconnection: false };
  // Handed through to the websocket, although no type says so.
  const socket = io(`${url}${namespace}`, { ...options, ...(from && { localAddress: from }) });
  const inbox = new Inbox();
  socket.onAny((event: string, ...args: unknown[]) => inbox.put(event, args));
  const lost = new Promise<void>((resolve) => socket.once("disconnect", () => resolve()));

  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error) => {
      socket.close();
      reject(error);
    });
  });

  return {
    call: (event, ...payload) => socket.timeout(20_000).emitWithAck(event, ...payload),
    emit: (event, ...payload) => void socket.emit(event, ...payload),
    next: (event) => inbox.next(event),
    arrived: (event) => inbox.arrived(event),
    lost,
    close: async () => void socket.close(),
  };
};
