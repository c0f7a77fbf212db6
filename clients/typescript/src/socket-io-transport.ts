// The one file that knows `socket.io-client`. One engine connection carries all namespaces; that
// library's own reconnection is off, because when to try again is ours to decide.

import { Manager, type Socket } from "socket.io-client";
import type { Link, LinkEvents, LinkTarget, Transport } from "./transport.js";

/** Frames over Socket.IO v5. */
export function socketIoTransport(): Transport {
  return { link };
}

function link({ url, path, transports }: LinkTarget, events: LinkEvents): Link {
  // A manager per link: nothing of a lost connection, no buffered frame above all, reaches the next.
  const manager = new Manager(url, {
    path,
    transports: [...transports],
    autoConnect: false,
    reconnection: false,
  });
  // The client has a watchdog of its own, which also covers the CONNECT and the welcome.
  manager.timeout(false);
  const sockets = new Map<string, Socket>();
  let isOver = false;

  function lose(reason: string, words?: string): void {
    if (isOver) return;
    close();
    events.lost(reason, words);
  }

  function close(): void {
    isOver = true;
    for (const socket of sockets.values()) socket.offAny().off().disconnect();
    // Also ends an engine that is still opening, which sockets alone do not.
    manager.engine?.close();
    manager.off();
  }

  manager.on("error", (error: Error & { readonly context?: unknown }) => {
    // Of polling, the request itself. Browsers do not show a websocket's answer to anybody.
    const request = error.context as { readonly responseText?: unknown } | undefined;
    const words = request?.responseText;
    lose(error.message, typeof words === "string" ? words : undefined);
  });
  manager.on("close", (reason) => {
    // The manager closes itself before its last socket says why: that reason is the better one.
    if (reason !== "forced close") lose(reason);
  });

  return {
    close,
    open(namespace, auth) {
      const socket = manager.socket(namespace, { auth });
      sockets.set(namespace, socket);
      socket.onAny((name: string, ...args: unknown[]) => {
        if (!isOver) events.event(namespace, name, args);
      });
      // The manager's own errors arrive here too; only a refused CONNECT carries `data`.
      socket.on("connect_error", (error) => {
        if (!isOver && "data" in error) events.refused(namespace, error.message);
      });
      socket.on("disconnect", (reason) => lose(reason));
      socket.connect();
    },
    emit(namespace, name, args, acked) {
      const socket = sockets.get(namespace);
      if (acked) socket?.emit(name, ...args, acked);
      else socket?.emit(name, ...args);
    },
  };
}
