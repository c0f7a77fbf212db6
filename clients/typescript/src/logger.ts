// Where the client says what it does. On in development, silent in production.

/** How much a line matters. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Takes one line: what happened, and the facts of it (`traceId` among them, where there is one). */
export type Logger = (
  level: LogLevel,
  message: string,
  facts: Readonly<Record<string, unknown>>,
) => void;
