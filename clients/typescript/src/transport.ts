// The seam to whatever carries the frames. A link is one attempt: it is opened once and, when it is
// lost, thrown away. Whether and when there is another one is not decided here.

/** What a transport needs to know to open a link. */
export interface LinkTarget {
  readonly url: string;
  readonly path: string;
  readonly transports: readonly ("websocket" | "polling")[];
}

/** What a link tells. After `lost` it tells nothing more. */
export interface LinkEvents {
  /** The server refused a namespace, in these words. */
  refused(namespace: string, message: string): void;
  /** An event came: its name, then its arguments. */
  event(namespace: string, name: string, args: readonly unknown[]): void;
  /**
   * The link, or one of its namespaces, is gone; the link is of no use any more. `words` are what a
   * server said that answered over HTTP instead of opening it.
   */
  lost(reason: string, words?: string): void;
}

/** One connection to the server, with all its namespaces. */
export interface Link {
  /** Asks the server for a namespace. It answers with `tautline:welcome`, or by `refused`. */
  open(namespace: string, auth: Readonly<Record<string, unknown>>): void;
  /** Sends an event; `acked` gets the one argument of the acknowledgement. */
  emit(
    namespace: string,
    name: string,
    args: readonly unknown[],
    acked?: (answer: unknown) => void,
  ): void;
  /** Ends it without telling `lost`. */
  close(): void;
}

/** Opens links. */
export interface Transport {
  link(target: LinkTarget, events: LinkEvents): Link;
}
