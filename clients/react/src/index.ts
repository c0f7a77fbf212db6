// The door of the package: the provider, the hooks, and the types that they give. The client's door is open beside it, so
// that a page needs one package.

// biome-ignore lint/performance/noReExportAll: a page takes what it needs, and bundlers leave the rest out.
export * from "@tautline/client";

export { SocketProvider, type SocketProviderProps } from "./socket-provider.js";
export { useClient } from "./use-client.js";
export { type CommandHandle, type Run, useCommand } from "./use-command.js";
export { useConnection } from "./use-connection.js";
export { useEvent } from "./use-event.js";
export { type LostConnectionOptions, useLostConnection } from "./use-lost-connection.js";
export { useOutbox } from "./use-outbox.js";
export { usePresence } from "./use-presence.js";
export { type Present, usePresent } from "./use-present.js";
export { useQuestion } from "./use-question.js";
export { type Read, useRead } from "./use-read.js";
export { useReceipts } from "./use-receipts.js";
export { type UseRoomOptions, useRoom } from "./use-room.js";
export { useRoomState } from "./use-room-state.js";
export type { IsEqual, Selector } from "./use-store.js";
export { useStream, useStreams } from "./use-streams.js";
