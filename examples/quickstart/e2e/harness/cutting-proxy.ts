// A TCP proxy in front of a server, whose connections a test can cut without either end saying goodbye.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A running proxy. */
export interface CuttingProxy {
  /** Where clients connect to. */
  readonly url: string;
  /** Cuts every connection that is open, as a lost network does. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of `target`. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      // A cut shows as an error on the other side; the socket is gone either way.
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");

  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut,
    close: async () => {
      cut();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
