// What the tests ask of a stock Socket.IO client, in whatever language it is written. Each language has a driver.

/** How a client reaches the server. */
export type StockTransport = "websocket" | "polling";

/** A stock client that is in one namespace. */
export interface StockClient {
  /** Emits with an acknowledgement, and returns what the server acknowledged. */
  call(event: string, ...payload: readonly unknown[]): Promise<unknown>;
  /** Emits without one. */
  emit(event: string, ...payload: readonly unknown[]): void;
  /** The arguments of the next event of that name, of those that came since the last call. */
  next(event: string): Promise<unknown[]>;
  /** The arguments of all events of that name that have come and were not asked for. */
  arrived(event: string): unknown[][];
  /** Resolves when the server or the network has ended the connection. */
  readonly lost: Promise<void>;
  close(): Promise<void>;
}

/** Where and how to connect. */
export interface StockConnect {
  readonly url: string;
  readonly namespace: string;
  readonly transport: StockTransport;
  readonly auth?: object;
  /** The address of this machine that it comes from; JavaScript's websockets alone can choose. */
  readonly from?: string;
}

/** Connects a client; rejects with an `Error` that has the message of the server's refusal. */
export type StockDriver = (connect: StockConnect) => Promise<StockClient>;
