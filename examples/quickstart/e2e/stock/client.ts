// What the tests ask of a stock Socket.IO client, in whatever language it is written. Each language has a driver.

/** How a client reaches the server. */
export type StockTransport = "websocket" | "polling";

/** A stock client that is connected to one namespace. */
export interface StockClient {
  /** Emits with an acknowledgement, and returns what the server acknowledged. */
  call(event: string, ...payload: unknown[]): Promise<unknown>;
  /** Emits without one. */
  emit(event: string, ...payload: unknown[]): void;
  /** The arguments of the next event of that name, of those that came since the last call. */
  next(event: string): Promise<unknown[]>;
  close(): Promise<void>;
}

/** Where and how to connect. */
export interface StockConnect {
  readonly url: string;
  readonly namespace: string;
  readonly transport: StockTransport;
  readonly auth?: object;
}

/** Connects a client; rejects with an `Error` that has the message of the server's refusal. */
export type StockDriver = (connect: StockConnect) => Promise<StockClient>;

/** Keeps the events that came until somebody asks for them, and those who ask until one comes. */
export class Inbox {
  readonly #arrived: { event: string; args: unknown[] }[] = [];
  readonly #waiting: { event: string; resolve: (args: unknown[]) => void }[] = [];

  /** Takes an event that has come. */
  put(event: string, args: unknown[]): void {
    const index = this.#waiting.findIndex((waiting) => waiting.event === event);
    const [waiting] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (waiting) waiting.resolve(args);
    else this.#arrived.push({ event, args });
  }

  /** Gives the first event of that name, now or when it comes. */
  next(event: string): Promise<unknown[]> {
    const index = this.#arrived.findIndex((arrived) => arrived.event === event);
    const [arrived] = index < 0 ? [] : this.#arrived.splice(index, 1);
    if (arrived) return Promise.resolve(arrived.args);
    return new Promise((resolve) => this.#waiting.push({ event, resolve }));
  }
}
