// Puts the pieces together. What happens in them is theirs; here is who tells whom.

import type { CallOptions, Client, ClientOptions, EventMeta, RecoveryStep, Store } from "./api.js";
import { systemClock } from "./clock.js";
import { createCommands } from "./commands.js";
import { createConnection } from "./connection.js";
import type { AnyCommand, NamespaceParts } from "./descriptors.js";
import { developmentHelp } from "./development.js";
import { makeFeatures } from "./feature.js";
import { createIncoming } from "./incoming.js";
import { createListeners } from "./listeners.js";
import { localProblem } from "./local-problems.js";
import { OUTBOX_LIMITS } from "./outbox-types.js";
import { type Problem, ProblemError } from "./problem.js";
import { createQuestions } from "./questions.js";
import { createRetryBudget } from "./retry-budget.js";
import type { RoomEntry } from "./room-entry.js";
import { createRoomHandles } from "./room-handles.js";
import { createRooms } from "./rooms.js";
import { socketIoTransport } from "./socket-io-transport.js";

/**
 * Makes the client of a contract. It does nothing until it is retained, connected or used:
 * call it once, at the top of a module.
 */
export function createClient(options: ClientOptions): Client {
  const { contract, clock = systemClock, random = Math.random, roomStates = [] } = options;
  const development = developmentHelp();
  const log = options.logger === false ? () => {} : (options.logger ?? development.log);
  const problems = createListeners<[problem: Problem, event: string]>();
  const recoveries = createListeners<[step: RecoveryStep]>();
  let isOutdated = false;
  const budget = createRetryBudget();
  const namespaces = Object.values(contract.namespaces);
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
    firstNamespace: namespaces[0]?.path ?? "/",
    prepare: () => commands.prepare(),
    authorized: (token) => commands.authorized(token),
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    lingerMs: options.lingerMs ?? 1_000,
    clock,
    random,
    log,
    hooks: {
      observe,
      welcomed(namespace, welcome) {
        development.compare(contract, welcome.contract, log);
        // Rooms first: a lane waits for the verdict on its room.
        rooms.welcomed(namespace, welcome);
        commands.welcomed(namespace, welcome);
      },
      refused(namespace, problem) {
        development.refused(contract, problem, log);
        rooms.refused(namespace, problem);
        commands.refused(namespace, problem);
      },
      event: (namespace, name, args) => incoming.received(namespace, name, args),
    },
  });
  const questions = createQuestions(connection, log);
  const { streams, receipts, presence } = makeFeatures(namespaces, {
    connection,
    clock,
    log,
    refresh: (entry) => rooms.refresh(entry),
  });
  const sides = [questions, streams, receipts, presence].flatMap((it) => it?.side ?? []);
  const incoming = createIncoming({
    namespaces,
    questions,
    sides,
    log,
    rooms: () => rooms,
    report: problems.tell,
  });
  const rooms = createRooms({
    connection,
    clock,
    random,
    log,
    budget,
    observe,
    lingerMs: options.roomLingerMs ?? 1_000,
    roomStates,
    personal: incoming.personal,
    deliver: incoming.deliver,
    sides,
    settled: (namespace) => commands.pump(namespace),
  });
  const commands = createCommands({
    connection,
    clock,
    random,
    log,
    budget,
    observe,
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
    report: problems.tell,
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

  function holdRoom(entry: RoomEntry): () => void {
    rooms.hold(entry);
    return () => rooms.release(entry);
  }

  function observe(step: RecoveryStep): void {
    recoveries.tell(step);
    if (isOutdated || step.problem.recovery.action !== "upgrade_client") return;
    isOutdated = true;
    options.onUpgrade?.(step.problem);
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
      connection.open(namespace);
      return incoming.on(namespace, name, listener as (payload: unknown, meta: EventMeta) => void);
    },
    join: handles.join as Client["join"],
    room: handles.look as Client["room"],
    streams(stream, start) {
      if (!streams) throw new Error(`stream \`${stream.name}\` is of another contract`);
      return opening(streams.store(stream, start), () => connection.open(stream.namespace));
    },
    presence: handles.presence as Client["presence"],
    receipts: handles.receipts as Client["receipts"],
    questions(question) {
      return opening(questions.store(question), () => connection.open(question.namespace));
    },
    answer(question, handler) {
      connection.open(question.namespace);
      return questions.answer(question, handler);
    },
    onProblem: problems.add,
    onRecovery: recoveries.add,
  };
  return client;
}

/** A store whose listeners want its namespace. */
function opening<T>(store: Store<T>, open: () => void): Store<T> {
  return {
    getSnapshot: store.getSnapshot,
    subscribe(listener) {
      open();
      return store.subscribe(listener);
    },
  };
}
