// A real Socket.IO server on a free port that speaks just enough of the wire for these tests.

import { createServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer as createProxy, type Socket } from "node:net";
import { Server, type Socket as ServerSocket } from "socket.io";
import { onTestFinished } from "vitest";

/** A running server. */
export interface WireServer {
  readonly url: string;
  readonly io: Server;
  /** Engine connections so far, by transport. */
  readonly engines: string[];
  /** CONNECT credentials so far. */
  readonly auths: Record<string, unknown>[];
  /** Refuses every CONNECT with this message while it is set. */
  refusal: string | undefined;
  /** Closes it, with all connections. */
  stop(): Promise<void>;
}

/** The welcome of this server. */
export const welcome = {
  subject: "ann",
  connection: "public-id",
  serverTime: 0,
  limits: { eventBytes: 65_536, frameBytes: 1_000_000, rooms: 128, inFlight: 32 },
  ledger: "ledger-1",
  contract: { name: "boards", version: "1.0.0", hash: "abc" },
  guest: true,
  scopes: [],
};

/** Starts a server; `serve` is called for each socket of the namespaces, after its welcome. */
export async function wireServer(
  serve: (socket: ServerSocket) => void,
  port = 0,
): Promise<WireServer> {
  const http: HttpServer = createServer();
  const io = new Server(http, { serveClient: false });
  const server: WireServer = {
    io,
    url: "",
    engines: [],
    auths: [],
    refusal: undefined,
    stop: async () => {
      await io.close();
    },
  };
  io.engine.on("connection", ({ transport }) => server.engines.push(transport.name));
  for (const namespace of ["/board", "/desk"]) {
    io.of(namespace).use((_socket, next) =>
      next(server.refusal === undefined ? undefined : new Error(server.refusal)),
    );
    io.of(namespace).on("connection", (socket) => {
      server.auths.push(socket.handshake.auth);
      socket.emit("tautline:welcome", welcome);
      serve(socket);
    });
  }
  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  const { port: actual } = http.address() as AddressInfo;
  onTestFinished(server.stop);
  return Object.assign(server, { url: `http://127.0.0.1:${actual}` });
}

/** A TCP proxy in front of a server, whose connections can be cut. */
export async function cuttingProxy(target: string): Promise<{ url: string; cut(): void }> {
  const { port } = new URL(target);
  const pairs = new Set<Socket>();
  const proxy = createProxy((inner) => {
    const outer = connect(Number(port), "127.0.0.1");
    for (const socket of [inner, outer]) {
      pairs.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => pairs.delete(socket));
    }
    inner.pipe(outer).pipe(inner);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of pairs) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, cut };
}
