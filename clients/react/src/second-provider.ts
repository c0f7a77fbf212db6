// Finds, in development, a second provider whose client opens another connection to the same server.

import type { Client } from "@tautline/client";

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** A provider that is mounted. */
interface Mounted {
  readonly client: Client;
  /** The client of the provider around it. */
  readonly outer: Client | undefined;
}

const providers = new Set<Mounted>();

/**
 * Warns when another mounted provider, or the one around this, has another client for the same URL.
 * The returned function forgets this provider. In production it does nothing.
 */
export function warnOfSecondProvider(client: Client, outer: Client | undefined): () => void {
  if (!isDevelopment()) return () => {};
  const isRival = (other: Client) => other !== client && other.url === client.url;
  if (outer !== undefined && isRival(outer)) {
    warn(client.url, "inside");
  } else if (
    // Inner effects run first: who is inside this one has said so already.
    [...providers].some((other) => other.outer !== client && isRival(other.client))
  ) {
    warn(client.url, "next to");
  }
  const provider = { client, outer };
  providers.add(provider);
  return () => void providers.delete(provider);
}

function warn(url: string, place: "inside" | "next to"): void {
  const server = url === "" ? "the page's own server" : url;
  // biome-ignore lint/suspicious/noConsole: a mistake of the app's author, said where authors look.
  console.warn(
    `tautline: a second <SocketProvider> for ${server} is mounted ${place} another one, ` +
      "with another client: they make two connections. " +
      "Make one client, in a module of its own, and give it to one provider at the root",
  );
}

function isDevelopment(): boolean {
  try {
    // Bundlers put a literal here. Without one there is no `process` in a browser.
    return process.env.NODE_ENV !== "production";
  } catch {
    return false;
  }
}
