// Finds, in development, a second provider whose client opens another connection to the same server.

import type { Client } from "@tautline/client";

// Written out as bundlers look for it. Nothing else of Node is assumed.
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** The clients of mounted providers, one entry per provider. */
const mounted = new Set<{ readonly client: Client }>();

/**
 * Warns when another mounted provider, or the one around this, has another client for the same URL.
 * The returned function forgets this provider. In production it does nothing.
 */
export function warnOfSecondProvider(client: Client, outer: Client | undefined): () => void {
  if (process.env.NODE_ENV === "production") return () => {};
  const entry = { client };
  const others = [...mounted].map((other) => other.client);
  mounted.add(entry);
  const rival = [outer, ...others].find(
    (other) => other !== undefined && other !== client && other.url === client.url,
  );
  if (rival !== undefined) warn(client.url, rival === outer ? "inside" : "next to");
  return () => mounted.delete(entry);
}

function warn(url: string, place: "inside" | "next to"): void {
  const server = url === "" ? "the page's own server" : url;
  // biome-ignore lint/suspicious/noConsole: a mistake of the app's author, said where authors look.
  console.warn(
    `[tautline] a second <SocketProvider> for ${server} is mounted ${place} the first one, ` +
      "with another client, so there are two connections: " +
      "make one client in a module of its own and give it to one provider at the root",
  );
}
