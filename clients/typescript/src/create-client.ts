// Puts the pieces together. What happens in them is theirs; here is who tells whom.

import type { CallOptions, Client, ClientOptions, EventMeta } from "./api.js";
import { systemClock } from "./clock.js";
import { createCommands } from "./commands.js";
import { createConnection } from "./connection.js";
import type { Numbered } from "./cursor.js";
import type { AnyCommand, AnyEvent, NamespaceParts } from "./descriptors.js";
import { developmentHelp } from "./development.js";
import { makeFeatures } from "./feature.js";
import { localProblem } from "./local-problems.js";
import { OUTBOX_LIMITS } from "./outbox-types.js";
import { type Problem, ProblemError } from "./problem.js";
import { createQuestions } from "./questions.js";
import type { RoomEntry } from "./room-entry.js";
import { createRoomHandles } from "./room-handles.js";
import { createRooms } from "./rooms.js";
import { socketIoTransport } from "./socket-io-transport.js";
import {
  CONTROL,
  type Position,
  type WireAppend,
  type WireEvent,
  type WireMeta,
  type WirePresenceChange,
  type WireReceipts,
} from "./wire.js";

type Listener = (payload: unknown, meta: EventMeta) => void;

/**
 * Makes the client of a contract. It does nothing until it is retained, connected or used:
 * call it once, at the top of a module.
 */
export function createClient(options: ClientOptions): Client {
  const { contract, clock = systemClock, random = Math.random, roomStates = [] } = options;
  const development = developmentHelp();
  const log = options.logger === false ? () => {} : (options.logger ?? development.log);
  const listeners = new Map<string, Set<Listener>>();
  const problemListeners = new Set<(problem: Problem, event: string) => void>();
  const descriptors = indexEvents(Object.values(contract.namespaces));
  const calls = new WeakMap<NamespaceParts, object>();

  const connection = createConnection({
    target: {
      url: options.url,
      path: options.path ?? "/socket.io",
      transports: options.transports ?? ["websocket"],
    },
    transport: options.transport ?? socketIoTransport(),
    auth: options.auth,
    credentials: {
      contract: { name: contract.name, version: contract.version, hash: contract.hash },
      client: options.app ?? { name: "@tautline/client", version: "0.1.0" },
    },
    firstNamespace: Object.values(contract.namespaces)[0]?.path ?? "/",
    prepare: () => commands.prepare(),
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    lingerMs: options.lingerMs ?? 1_000,
    clock,
    random,
    log,
    hooks: {
      welcomed(namespace, welcome) {
        // Rooms first: a lane waits for the verdict on its room.
        rooms.welcomed(namespace, welcome);
        commands.welcomed(namespace, welcome);
      },
      refused(namespace, problem) {
        rooms.refused(namespace, problem);
        commands.refused(namespace, problem);
      },
      event: received,
    },
  });
  const questions = createQuestions(connection, log);
  const { streams, receipts, presence } = makeFeatures(Object.values(contract.namespaces), {
    connection,
    clock,
    log,
    refresh: (entry) => rooms.refresh(entry),
  });
  const rooms = createRooms({
    connection,
    clock,
    random,
    log,
    lingerMs: options.roomLingerMs ?? 1_000,
    roomStates,
    personal: new Set(
      [...descriptors.values()]
        .filter(({ patterns }) => patterns?.includes("user:{subject}"))
        .map(({ namespace }) => namespace),
    ),
    deliver,
    sides: [questions, streams, receipts, presence].flatMap((it) => it?.side ?? []),
    settled: (namespace) => commands.pump(namespace),
  });
  const commands = createCommands({
    connection,
    clock,
    random,
    log,
    name: `${contract.name} ${options.url}`,
    contract,
    limits: { ...OUTBOX_LIMITS, ...options.outboxLimits },
    durable: options.outbox,
    isPending: rooms.isPending,
    rejoin: rooms.rejoin,
    hold(namespace, name) {
      const entry = rooms.member(namespace, name);
      return entry && entry.holds > 0 ? holdRoom(entry) : undefined;
    },
    enter: (room, params) => holdRoom(rooms.entry(room, params)),
    report,
  });

  const handles = createRoomHandles({
    rooms,
    roomStates,
    presence,
    receipts,
    expect: (room, fact) => development.expect(room, fact, log),
  });

  let wasOnline = false;
  connection.store.subscribe(() => {
    const { status, problem } = connection.store.getSnapshot();
    if (status === "connected" || status === "connecting") {
      if (!wasOnline) development.warnOfSecondClient(client, log);
      wasOnline = true;
      return;
    }
    if (status === "disconnected") commands.close();
    commands.cut(status === "failed" && problem ? problem : localProblem("offline"));
    if (wasOnline) rooms.cut();
    wasOnline = false;
  });

  function received(namespace: string, name: string, args: readonly unknown[]): void {
    const [payload, meta = {}] = args as [never, WireMeta?];
    switch (name) {
      case CONTROL.heads:
        rooms.heads(namespace, (payload as { heads: Record<string, Position> }).heads);
        return;
      case CONTROL.roomClosed: {
        const { room, problem } = payload as { room: string; problem: Problem };
        rooms.closed(namespace, room, problem);
        return;
      }
      case CONTROL.append:
      case CONTROL.receipts:
      case CONTROL.presence: {
        const entry = rooms.member(namespace, (payload as { room: string }).room);
        if (entry) heard(entry, name, payload);
        return;
      }
      case CONTROL.problem: {
        const { event, problem } = payload as { event: string; problem: Problem };
        log("warn", "problem", { event, code: problem.code, traceId: problem.traceId });
        report(problem, event);
        return;
      }
    }
    if (meta.room !== undefined && meta.epoch !== undefined && meta.seq !== undefined) {
      rooms.live(namespace, { name, payload, meta } as Numbered);
    } else {
      const names = descriptors.get(keyOf(namespace, name))?.rooms?.map((of) => of(payload));
      rooms.passing(namespace, names ?? [], { name, payload, meta });
    }
  }

  function holdRoom(entry: RoomEntry): () => void {
    rooms.hold(entry);
    return () => rooms.release(entry);
  }

  function report(problem: Problem, event: string): void {
    for (const listener of [...problemListeners]) listener(problem, event);
  }

  /** Something live of a room of ours, which the library itself has sent. */
  function heard(entry: RoomEntry, name: string, payload: unknown): void {
    if (name === CONTROL.append) streams?.appended(entry, payload as WireAppend);
    else if (name === CONTROL.presence) presence?.changed(entry, payload as WirePresenceChange);
    else receipts?.heard(entry, (payload as WireReceipts).receipts);
  }

  function deliver(namespace: string, event: WireEvent): void {
    const { name, payload, meta } = event;
    const entry = meta.room === undefined ? undefined : rooms.member(namespace, meta.room);
    if (entry) streams?.delivered(entry, event);
    if (meta.question) {
      questions.asked(namespace, { ...meta.question, name, payload, room: meta.room ?? "" });
    }
    if (name === CONTROL.settled) {
      questions.settled(namespace, (payload as { question: string }).question);
    }
    for (const listener of [...(listeners.get(keyOf(namespace, name)) ?? [])]) {
      try {
        listener(payload, meta);
      } catch (error) {
        log("error", "listener failed", { event: name, error });
      }
    }
  }

  const run = commands.run as (
    command: AnyCommand,
    payload: unknown,
    options?: CallOptions,
  ) => ReturnType<typeof commands.run>;

  function use(namespace: NamespaceParts): object {
    let made = calls.get(namespace);
    if (!made) {
      made = Object.fromEntries(
        Object.entries(namespace.commands ?? {}).map(([key, command]) => [
          key,
          async (payload: unknown, callOptions?: CallOptions) => {
            const result = await run(command, payload, callOptions);
            if (result.ok) return result.value;
            throw new ProblemError(result.problem as Problem);
          },
        ]),
      );
      calls.set(namespace, made);
    }
    connection.open(namespace.path);
    return made;
  }

  const client: Client = {
    url: options.url,
    connection: connection.store,
    connect: connection.connect,
    close: connection.close,
    retain: connection.retain,
    use: use as Client["use"],
    run: commands.run,
    outbox: commands.outbox,
    on({ namespace, name }, listener) {
      const key = keyOf(namespace, name);
      const entry: Listener = (payload, meta) => listener(payload as never, meta);
      const known = listeners.get(key) ?? new Set();
      listeners.set(key, known.add(entry));
      connection.open(namespace);
      return () => void known.delete(entry);
    },
    join: handles.join as Client["join"],
    room: handles.look as Client["room"],
    streams(stream, start) {
      if (!streams) throw new Error(`stream \`${stream.name}\` is of another contract`);
      const { getSnapshot, subscribe } = streams.store(stream, start);
      return {
        getSnapshot,
        subscribe(listener) {
          connection.open(stream.namespace);
          return subscribe(listener);
        },
      };
    },
    presence: handles.presence as Client["presence"],
    receipts: handles.receipts as Client["receipts"],
    questions(question) {
      const { getSnapshot, subscribe } = questions.store(question);
      return {
        getSnapshot,
        subscribe(listener) {
          connection.open(question.namespace);
          return subscribe(listener);
        },
      };
    },
    answer(question, handler) {
      connection.open(question.namespace);
      return questions.answer(question, handler);
    },
    onProblem(listener) {
      const entry: typeof listener = (problem, event) => listener(problem, event);
      problemListeners.add(entry);
      return () => void problemListeners.delete(entry);
    },
  };
  return client;
}

function keyOf(namespace: string, name: string): string {
  return `${namespace} ${name}`;
}

/** Everything that the server may send with a room, by namespace and wire name. */
function indexEvents(namespaces: readonly NamespaceParts[]): ReadonlyMap<string, AnyEvent> {
  const index = new Map<string, AnyEvent>();
  for (const { events, questions, streams } of namespaces) {
    for (const event of Object.values({ ...events, ...questions, ...streams })) {
      index.set(keyOf(event.namespace, event.name), event as AnyEvent);
    }
  }
  return index;
}
