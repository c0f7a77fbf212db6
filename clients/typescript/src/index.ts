// The door of the package: everything that an app or generated code imports.

export type {
  AnyRoomState,
  Auth,
  AuthContext,
  Call,
  CallOptions,
  Calls,
  Client,
  ClientOptions,
  ConnectionSnapshot,
  ConnectionStatus,
  Declination,
  Decline,
  EventMeta,
  Member,
  OpenQuestion,
  PresenceSnapshot,
  QuestionHandler,
  Receipt,
  ReceiptsSnapshot,
  RecoveryStep,
  Reply,
  Result,
  Room,
  RoomSnapshot,
  RoomStateSnapshot,
  RoomStatus,
  Store,
  StreamEnd,
  StreamSnapshot,
} from "./api.js";
export { command, event, joinable, namespace, question, stream } from "./builders.js";
export type { Clock } from "./clock.js";
export { createClient } from "./create-client.js";
export { decline } from "./decline.js";
export type {
  AnyCommand,
  AnyEvent,
  AnyJoinable,
  AnyQuestion,
  AnyShown,
  AnyStream,
  Command,
  CommandDelivery,
  CommandFacts,
  Constraint,
  ContractDescriptor,
  EventDelivery,
  EventFacts,
  Feature,
  Joinable,
  JoinableFacts,
  NamespaceParts,
  OfflinePolicy,
  Question,
  QuestionFacts,
  ServerEvent,
  ServerStream,
  StreamFacts,
} from "./descriptors.js";
export type { Logger, LogLevel } from "./logger.js";
export type { DurableOutbox } from "./outbox-durable.js";
export type {
  Outbox,
  OutboxEntry,
  OutboxLimits,
  OutboxSnapshot,
  OutboxStatus,
} from "./outbox-types.js";
export { presence } from "./presence.js";
export type {
  FieldProblem,
  LibraryCode,
  LibraryProblem,
  Outcome,
  Problem,
  ProblemCategory,
  ProblemFacts,
  ProblemOf,
  RecoveryAction,
  RecoveryHint,
  Severity,
} from "./problem.js";
export { isProblemError, ProblemError } from "./problem.js";
export { receipts } from "./receipts.js";
export type { EndedStream, Reducer, Reducers, RoomState, StreamReducer } from "./room-state.js";
export { roomState } from "./room-state.js";
export type { Link, LinkEvents, LinkTarget, Transport } from "./transport.js";
