// Stands between a client and the server, and does what networks do: cuts, stops, comes back.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A wire that a test holds in its hand. */
export interface Proxy {
  /** Where clients connect instead. */
  readonly url: string;
  /** Cuts every connection that goes through. New ones are let through. */
  cut(): void;
  /** Takes nothing from the server any more: its client has stopped reading. */
  stopReading(): void;
  /** Takes what has piled up, and goes on. */
  goOn(): void;
  /** Refuses new connections until `admit`. */
  refuse(): void;
  /** Lets new connections through again. */
  admit(): void;
  close(): Promise<void>;
}

/** Opens a way to the server at `url`. */
export async function openProxy(url: string): Promise<Proxy> {
  const { hostname, port } = new URL(url);
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let isOpen = true;

  const listener = createServer((client) => {
    if (!isOpen) return void client.destroy();
    const server = connect({ host: hostname, port: Number(port) });
    const pair = { client, server };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server])
      socket.setNoDelay(true).on("error", end).on("close", end);
    client.pipe(server);
    server.pipe(client);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  const cut = () => {
    for (const { client } of pairs) client.destroy();
  };
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    cut,
    stopReading() {
      for (const { client, server } of pairs) server.unpipe(client).pause();
    },
    goOn() {
      for (const { client, server } of pairs) server.pipe(client);
    },
    refuse() {
      isOpen = false;
    },
    admit() {
      isOpen = true;
    },
    async close() {
      cut();
      listener.close();
      await once(listener, "close");
    },
  };
}
