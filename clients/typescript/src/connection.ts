// Carries out what the connection's state machine decides: tokens, timers, links and namespaces.

import type { Auth, AuthContext, ConnectionSnapshot, RecoveryStep, Store } from "./api.js";
import { type Clock, elapsed } from "./clock.js";
import {
  type ConnectionEffect,
  type ConnectionInput,
  connectionSnapshot,
  initialConnection,
  isTerminal,
  stepConnection,
} from "./connection-machine.js";
import { localProblem, readProblem, readRefusal } from "./local-problems.js";
import type { Logger } from "./logger.js";
import { watchNetwork } from "./network.js";
import { isProblemError, type Problem } from "./problem.js";
import { cell } from "./store.js";
import { createTokens } from "./token.js";
import type { Link, LinkTarget, Transport } from "./transport.js";
import { type Ack, CONTROL, type Welcome } from "./wire.js";

/** What a connection is made of. */
export interface ConnectionParts {
  readonly target: LinkTarget;
  readonly transport: Transport;
  readonly auth: Auth | undefined;
  /** Sent with every CONNECT beside the token. */
  readonly credentials: Readonly<Record<string, unknown>>;
  /** Opened when nobody has asked for another namespace. */
  readonly firstNamespace: string;
  /** What is waited for before a link is opened: the credential that a guest of an earlier life had. */
  readonly prepare: () => Promise<string | undefined> | undefined;
  /** Told before each link with which token it will be made: `undefined` is a guest's. */
  readonly authorized: (token: string | undefined) => void;
  readonly connectTimeoutMs: number;
  readonly lingerMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly hooks: ConnectionHooks;
}

/** Whom a connection tells. */
export interface ConnectionHooks {
  /** Something is done about a problem of the connection itself. */
  observe(step: RecoveryStep): void;
  welcomed(namespace: string, welcome: Welcome): void;
  refused(namespace: string, problem: Problem): void;
  event(namespace: string, name: string, args: readonly unknown[]): void;
}

/** The connection and its namespaces. */
export interface Connection {
  readonly store: Store<ConnectionSnapshot>;
  connect(): void;
  close(): void;
  retain(): () => void;
  /** Asks for a namespace, now or with the next link. */
  open(namespace: string): void;
  /** The namespace's welcome while it is live. */
  welcome(namespace: string): Welcome | undefined;
  /** The time by the clock of the server that welcomed us, which is the one that forgets answers. */
  serverNow(namespace: string): number;
  /** Why the server does not give us the namespace on this link. */
  refusal(namespace: string): Problem | undefined;
  /** Sends on a live namespace. `done` is never called after a cut. */
  send(
    namespace: string,
    name: string,
    args: readonly unknown[],
    done?: (answer: Ack) => void,
  ): void;
  /**
   * The same with a deadline, for the library's own questions to the server. `done` is always
   * called: a cut is an answer too.
   */
  request(
    namespace: string,
    name: string,
    payload: unknown,
    done: (answer: Ack) => void,
    timeoutMs?: number,
  ): void;
  /** Ends the link because of a problem that was heard elsewhere, and acts on its recovery. */
  fail(problem: Problem): void;
  /** Counts the different tokens so far. */
  tokenNumber(): number;
  /**
   * Takes a new token, since something that was sent with the token of this number was refused.
   * `done` hears whether there is one that the server has taken.
   */
  renew(problem: Problem, tokenNumber: number, done: (isRenewed: boolean) => void): void;
}

interface Seat {
  welcome?: Welcome | undefined;
  /** The server's clock, minus ours. */
  ahead?: number;
  refusal?: Problem | undefined;
  stopWatch?: (() => void) | undefined;
}

/** How long the server may think about one of the library's own questions. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Makes a connection. Nothing happens until somebody connects or retains it. */
export function createConnection(parts: ConnectionParts): Connection {
  const { clock, log, hooks } = parts;
  const tokens = createTokens(parts.auth);
  let guestCredential: string | undefined;
  const seats = new Map<string, Seat>();
  let state = initialConnection(clock.now());
  const store = cell(connectionSnapshot(state));
  const inputs: ConnectionInput[] = [];
  let link: Link | undefined;
  /** What the server said before it closed. */
  let parting: Problem | undefined;
  let stopWait: (() => void) | undefined;
  let stopLinger: (() => void) | undefined;
  let stopNetwork: (() => void) | undefined;
  /** A new token is asked for, or shown to the server. */
  let renewing: Promise<boolean> | undefined;
  /** Questions of ours that the server has not answered. */
  const pending = new Set<() => void>();
  let holds = 0;
  /** The app said `connect`: only `close` ends it. */
  let isPinned = false;
  /** Answers of an earlier question for a token are not heard. */
  let asked = 0;

  function dispatch(input: ConnectionInput): void {
    inputs.push(input);
    if (inputs.length > 1) return; // An effect spoke: its input waits for its turn.
    for (let next = inputs[0]; next; next = inputs[0]) {
      const world = { now: clock.now(), random: parts.random(), canRenew: tokens.canRenew };
      const step = stepConnection(state, next, world);
      state = step.state;
      if (next.type === "lost" && step.effects.length > 0) {
        const { phase, retryAt } = state;
        hooks.observe({
          move: phase === "failed" ? "tell" : phase === "waiting" ? "reconnect" : "reauthenticate",
          problem: next.problem,
          afterMs: retryAt === undefined ? 0 : retryAt - world.now,
        });
      }
      for (const effect of step.effects) perform(effect);
      publish();
      inputs.shift();
    }
    watchBrowser(state.phase !== "idle" && state.phase !== "closed");
  }

  function publish(): void {
    const welcome = [...seats.values()].find((seat) => seat.welcome)?.welcome;
    const before = store.getSnapshot();
    const next = {
      ...connectionSnapshot(state),
      ...(welcome && { subject: welcome.subject, connection: welcome.connection }),
    };
    const keys = Object.keys({ ...before, ...next }) as (keyof ConnectionSnapshot)[];
    if (keys.every((key) => before[key] === next[key])) return;
    if (next.status !== before.status) {
      const { problem, attempt, retryAt } = next;
      log(problem ? "warn" : "info", next.status, {
        attempt,
        retryAt,
        code: problem?.code,
        traceId: problem?.traceId,
      });
    } else if (next.retryAt !== before.retryAt && next.retryAt) {
      log("info", "retry", { attempt: next.attempt, retryAt: next.retryAt });
    }
    store.set(next);
  }

  function perform(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "authorize":
        authorize(effect.cx);
        break;
      case "open":
        openLink();
        break;
      case "drop":
        drop();
        break;
      case "wait":
        stopWait = clock.after(effect.ms, () => dispatch({ type: "due" }));
    }
  }

  function authorize(cx: AuthContext): void {
    asked += 1;
    const mine = asked;
    const prepared = parts.prepare();
    if (!prepared) {
      askForToken(cx, mine);
      return;
    }
    prepared.then((guest) => {
      guestCredential ??= guest;
      if (mine === asked) askForToken(cx, mine);
    });
  }

  function askForToken(cx: AuthContext, mine: number): void {
    // Nobody to ask: the link opens in the same turn.
    if (!tokens.canRenew) {
      parts.authorized(undefined);
      dispatch({ type: "authorized" });
      return;
    }
    tokens.ask(cx).then(
      (isFresh) => {
        if (mine !== asked) return;
        // The same token again would be refused again: the machine has had its one try.
        const isDead = !isFresh && cx.problem;
        if (!isDead) parts.authorized(tokens.current());
        dispatch(isDead ? { type: "lost", problem: isDead } : { type: "authorized" });
      },
      (error: unknown) => {
        log("error", "auth failed", { error });
        if (mine !== asked) return;
        const problem = isProblemError(error) ? error.problem : localProblem("connection_failed");
        dispatch({ type: "lost", problem });
      },
    );
  }

  function openLink(): void {
    const isMine = () => link === mine;
    const mine: Link = parts.transport.link(parts.target, {
      refused: (namespace, message) => isMine() && refused(namespace, readRefusal(message)),
      event: (namespace, name, args) => isMine() && received(namespace, name, args),
      lost: (reason, words) => {
        if (!isMine()) return;
        log("debug", "link lost", { reason });
        const code = state.phase === "connected" ? "connection_closed" : "connection_failed";
        // Words that are no problem are a proxy's page, or the operating system's.
        const said = words === undefined ? undefined : readRefusal(words);
        const isProblem = said && said.code !== "connection_rejected";
        dispatch({ type: "lost", problem: parting ?? (isProblem ? said : localProblem(code)) });
      },
    });
    link = mine;
    if (seats.size === 0) seats.set(parts.firstNamespace, {});
    for (const namespace of seats.keys()) sit(namespace);
  }

  function sit(namespace: string): void {
    const seat = seats.get(namespace);
    if (!seat) return;
    seat.stopWatch = clock.after(parts.connectTimeoutMs, () =>
      dispatch({ type: "lost", problem: localProblem("connection_timed_out") }),
    );
    const token = tokens.current();
    // A guest shows what it was given, so that what it sends again is known to be the same.
    const guest = token === undefined ? guestCredential : undefined;
    link?.open(namespace, {
      ...(token !== undefined && { token }),
      ...(guest !== undefined && { guest }),
      ...parts.credentials,
    });
  }

  function drop(): void {
    asked += 1;
    stopWait?.();
    parting = undefined;
    if (!link) return;
    link.close();
    link = undefined;
    for (const seat of seats.values()) {
      seat.stopWatch?.();
      seat.welcome = undefined;
      seat.refusal = undefined;
    }
    for (const abandon of [...pending]) abandon();
  }

  function refused(namespace: string, problem: Problem): void {
    const seat = seats.get(namespace);
    if (!seat) return;
    seat.stopWatch?.();
    log("warn", "connection error", { namespace, code: problem.code, traceId: problem.traceId });
    // A final no to one namespace is its own affair, as long as another one may be welcome.
    if (isTerminal(problem)) {
      seat.refusal = problem;
      hooks.refused(namespace, problem);
      hooks.observe({ move: "tell", problem, afterMs: 0 });
      if ([...seats.values()].some((other) => !other.refusal)) return;
    }
    dispatch({ type: "lost", problem });
  }

  function received(namespace: string, name: string, args: readonly unknown[]): void {
    if (name === CONTROL.welcome) welcomed(namespace, args[0] as Welcome);
    else if (name === CONTROL.notice) noticed(args[0] as Notice);
    else hooks.event(namespace, name, args);
  }

  function welcomed(namespace: string, welcome: Welcome): void {
    const seat = seats.get(namespace);
    if (!seat) return;
    seat.stopWatch?.();
    seat.welcome = welcome;
    seat.ahead = welcome.serverTime - elapsed(clock);
    guestCredential = welcome.guestCredential ?? guestCredential;
    dispatch({ type: "welcomed" });
    publish();
    hooks.welcomed(namespace, welcome);
  }

  function noticed({ kind, message, afterMs, problem }: Notice): void {
    log("info", "notice", { kind, message });
    if (kind === "token_expiring") {
      if (tokens.canRenew) replaceToken({ reason: "refresh" });
      return;
    }
    parting =
      problem ??
      localProblem("connection_closed", {
        message,
        recovery: {
          // Another tab took our place: coming back by ourselves would take it from that one.
          action: kind === "connection_replaced" ? "ask_user" : "reconnect",
          hint: "",
          ...(afterMs !== undefined && { afterMs }),
        },
      });
  }

  /** Asks the app for another token and shows it to the server, without a new link. One at a time. */
  function replaceToken(cx: AuthContext): Promise<boolean> {
    renewing ??= tokens
      .ask(cx)
      .then(
        (isFresh) => isFresh && showToken(),
        (error: unknown) => {
          log("error", "auth failed", { error });
          return false;
        },
      )
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  }

  /** Each namespace has an identity of its own. */
  async function showToken(): Promise<boolean> {
    const token = tokens.current();
    const live = [...seats].filter(([, { welcome }]) => welcome);
    const answers = live.map(
      ([namespace]) =>
        new Promise<boolean>((resolve) => {
          request(namespace, CONTROL.refresh, { token }, ({ error }) => {
            // Not fatal here: the server closes when the old token ends, and says what it wants.
            if (error) log("warn", "refresh refused", { code: error.code, traceId: error.traceId });
            resolve(!error);
          });
        }),
    );
    return !(await Promise.all(answers)).includes(false);
  }

  function send(
    namespace: string,
    name: string,
    args: readonly unknown[],
    done?: (answer: Ack) => void,
  ): void {
    const mine = link;
    mine?.emit(namespace, name, args, done && ((answer) => mine === link && done(readAck(answer))));
  }

  function request(
    namespace: string,
    name: string,
    payload: unknown,
    done: (answer: Ack) => void,
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): void {
    const finish = (answer: Ack) => {
      if (!pending.delete(abandon)) return;
      stop();
      done(answer);
    };
    const abandon = () =>
      finish({ error: localProblem("connection_closed", { outcome: "unknown" }) });
    const stop = clock.after(timeoutMs, () => finish({ error: localProblem("timed_out") }));
    pending.add(abandon);
    if (seats.get(namespace)?.welcome) send(namespace, name, [payload], finish);
    else abandon();
  }

  function watchBrowser(isWanted: boolean): void {
    if (isWanted) {
      stopNetwork ??= watchNetwork(
        () => dispatch({ type: "online" }),
        () => dispatch({ type: "offline" }),
      );
    } else {
      stopNetwork?.();
      stopNetwork = undefined;
    }
  }

  return {
    store,
    send,
    request,
    connect() {
      isPinned = true;
      dispatch({ type: "connect" });
    },
    close() {
      isPinned = false;
      dispatch({ type: "close" });
    },
    retain() {
      holds += 1;
      stopLinger?.();
      const { phase } = state;
      if (phase === "idle" || phase === "closed") dispatch({ type: "connect" });
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holds -= 1;
        if (holds > 0 || isPinned) return;
        stopLinger = clock.after(parts.lingerMs, () => isPinned || dispatch({ type: "release" }));
      };
    },
    open(namespace) {
      if (seats.has(namespace)) return;
      seats.set(namespace, {});
      if (link) sit(namespace);
    },
    welcome: (namespace) => seats.get(namespace)?.welcome,
    serverNow: (namespace) => elapsed(clock) + (seats.get(namespace)?.ahead ?? 0),
    refusal: (namespace) => seats.get(namespace)?.refusal,
    fail: (problem) => dispatch({ type: "lost", problem }),
    tokenNumber: () => tokens.number,
    renew(problem, tokenNumber, done) {
      if (tokens.number !== tokenNumber) {
        done(true);
      } else if (tokens.canRenew && tokens.current() === undefined) {
        // A guest cannot become somebody in place.
        dispatch({ type: "lost", problem });
        done(true);
      } else {
        const isRenewed = tokens.canRenew && replaceToken({ reason: "reauthenticate", problem });
        Promise.resolve(isRenewed).then(done);
      }
    },
  };
}

interface Notice {
  readonly kind: string;
  readonly afterMs?: number;
  readonly message: string;
  /** Why the connection ends, in the words of a refusal. */
  readonly problem?: Problem;
}

function readAck(answer: unknown): Ack {
  if (typeof answer === "object" && answer !== null) {
    if ("error" in answer) return { error: readProblem(answer.error) };
    if ("ok" in answer) return answer as Ack;
  }
  return { error: localProblem("protocol_error", { params: { received: answer } }) };
}
