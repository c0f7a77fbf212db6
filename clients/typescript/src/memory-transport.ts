// A server in memory, for tests of an app: programmable, without a port, and in charge of its own link.

import { type Clock, systemClock } from "./clock.js";
import type { LinkEvents, Transport } from "./transport.js";
import { CONTROL, type Position, type Standing, type Welcome, type WireMeta } from "./wire.js";

/** What a handler of the fake server may return: an answer, or `{ error: problem }`. */
export type FakeAnswer = object;

/** Answers one event. Returning `undefined` keeps silent, as a broken server would. */
export type FakeHandler = (payload: never, call: FakeCall) => unknown;

/** One event that arrived at the fake server. */
export interface FakeCall {
  readonly namespace: string;
  readonly name: string;
  readonly payload: unknown;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** Answers now or later, once. Not there for unacknowledged events. */
  readonly answer: ((ack: unknown) => void) | undefined;
}

/** One CONNECT that arrived at the fake server. */
export interface FakeConnect {
  readonly namespace: string;
  readonly auth: Readonly<Record<string, unknown>>;
}

/** A fake server and the transport that leads to it. */
export interface FakeServer {
  readonly transport: Transport;
  /** Every event that arrived, in order. */
  readonly calls: readonly FakeCall[];
  /** Every CONNECT that arrived, in order. */
  readonly connects: readonly FakeConnect[];
  /** How many links were opened so far. */
  readonly links: number;
  /** Decides over each CONNECT: a problem or a text refuses it, `"silent"` leaves it unanswered. */
  onConnect: (connect: FakeConnect) => object | string | undefined;
  /** Answers `name` by what `handler` returns, as `{ ok: … }`; `refuse(problem)` refuses. */
  handle(name: string, handler: (payload: never, call: FakeCall) => unknown): void;
  /** Sends an event. */
  emit(namespace: string, name: string, payload: unknown, meta?: WireMeta): void;
  /** Cuts the link, as a network does: the server sees nothing of what comes after. */
  cut(reason?: string): void;
  /** Whether a new link can be opened. A link that is open stays open. */
  isReachable: boolean;
  /** What the next welcomes say. */
  welcome: Partial<Welcome>;
  /** Resolves when everything that is on its way has arrived. */
  settled(): Promise<void>;
}

const REFUSED = Symbol("refused");

/** What is answered when a test gives it no handler. */
const byItself: ReadonlySet<string> = new Set([
  CONTROL.unsubscribe,
  CONTROL.receipt,
  CONTROL.present,
]);

/**
 * Makes an answer with a position, as joins and durable commands have: `positioned(state, room, at)`,
 * and what else stands in the room that is joined.
 */
export function positioned(
  ok: unknown,
  room: string,
  at: Position,
  standing: Standing = {},
): FakeAnswer {
  return { [REFUSED]: { ok, at: [{ room, ...at }], ...standing } };
}

/** Makes a refusal: `return refuse(problem)`. */
export function refuse(problem: unknown): FakeAnswer {
  return { [REFUSED]: { error: problem } };
}

/**
 * Starts a fake server. It welcomes every namespace and refuses what nobody handles. `clock` is what
 * its welcomes tell the time by: give it the client's, if that one stands still.
 */
export function fakeServer(clock: Clock = systemClock): FakeServer {
  const handlers = new Map<string, FakeHandler>();
  const calls: FakeCall[] = [];
  const connects: FakeConnect[] = [];
  let current: LinkEvents | undefined;
  let flight = Promise.resolve();
  let links = 0;

  /** Frames arrive later and in order, as they do on a wire. */
  function later(task: () => void): void {
    flight = flight.then(task);
  }

  const server: FakeServer = {
    calls,
    connects,
    get links() {
      return links;
    },
    onConnect: () => undefined,
    isReachable: true,
    welcome: {},
    handle: (name, handler) => void handlers.set(name, handler),
    emit: (namespace, name, payload, meta) => {
      const to = current;
      const args = structuredClone(meta ? [payload, meta] : [payload]);
      later(() => to === current && to?.event(namespace, name, args));
    },
    cut(reason = "transport close") {
      const was = current;
      current = undefined;
      was?.lost(reason);
    },
    async settled() {
      for (let last: unknown; last !== flight; ) {
        last = flight;
        await flight;
        // Answers of asynchronous handlers, and what the client does about them.
        for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      }
    },
    transport: {
      link(_target, events) {
        links += 1;
        const isReachable = server.isReachable;
        current = events;
        const isMine = () => current === events;
        if (!isReachable) later(() => isMine() && server.cut("unreachable"));
        return {
          close() {
            if (isMine()) current = undefined;
          },
          open(namespace, auth) {
            if (!isReachable) return;
            later(() => isMine() && connect(events, { namespace, auth: structuredClone(auth) }));
          },
          emit(namespace, name, args, acked) {
            const [payload, meta] = structuredClone(args) as [unknown, FakeCall["meta"]];
            const answer = acked && ((ack: unknown) => later(() => isMine() && acked(ack)));
            later(() => isMine() && receive({ namespace, name, payload, meta, answer }));
          },
        };
      },
    },
  };

  function connect(events: LinkEvents, request: FakeConnect): void {
    connects.push(request);
    const verdict = server.onConnect(request);
    if (verdict === "silent") return;
    if (verdict !== undefined) {
      const message = typeof verdict === "string" ? verdict : JSON.stringify(verdict);
      events.refused(request.namespace, message);
      return;
    }
    const contract = request.auth["contract"] as Welcome["contract"];
    const welcome: Welcome = {
      subject: "someone",
      connection: `connection-${links}`,
      serverTime: clock.now(),
      limits: { eventBytes: 65_536, frameBytes: 1_048_576, rooms: 128, inFlight: 32 },
      ledger: "ledger-1",
      contract,
      guest: false,
      scopes: [],
      ...server.welcome,
    };
    events.event(request.namespace, CONTROL.welcome, [welcome]);
  }

  function receive(call: FakeCall): void {
    calls.push(call);
    const handler = handlers.get(call.name);
    if (!handler) {
      // What the client does by itself needs no handler: there is nothing to decide.
      if (byItself.has(call.name)) call.answer?.({ ok: null });
      else call.answer?.({ error: unknownEvent(call.name) });
      return;
    }
    Promise.resolve(handler(call.payload as never, call)).then((value) => {
      if (value === undefined) return;
      const special = (value as { [REFUSED]?: object } | null)?.[REFUSED];
      call.answer?.(structuredClone(special ?? { ok: value }));
    });
  }

  return server;
}

function unknownEvent(name: string): object {
  return {
    code: "unknown_event",
    category: "protocol",
    severity: "error",
    message: `the fake server handles no \`${name}\`: give it a handler`,
    recovery: { action: "give_up", hint: "" },
    outcome: "not_executed",
    traceId: "fake",
  };
}
