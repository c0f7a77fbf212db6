// The life of the connection over a fake server: holds, tokens, refusals, retries.

import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { AuthContext } from "../src/index.js";
import { Board, Desk } from "./board.js";
import { problem, stage } from "./stage.js";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  name: string;
  version: string;
};

test("a client that nobody holds does nothing", async () => {
  const { client, server, clock } = stage();

  client.use(Board);
  client.on(Board.events.cardAdded, () => {});
  await server.settled();

  expect(server.links).toBe(0);
  expect(clock.waiting).toBe(0);
  expect(client.connection.getSnapshot().status).toBe("idle");
});

test("namespaces share one link and present the contract and the token", async () => {
  const { client, server, connected } = stage({
    auth: () => "token-1",
    app: { name: "page", version: "7" },
  });
  client.use(Board);
  client.use(Desk);

  await connected();

  const auth = {
    token: "token-1",
    contract: { name: "boards", version: "1.0.0", hash: "abc" },
    client: { name: "page", version: "7" },
  };
  expect(server.links).toBe(1);
  expect(server.connects).toEqual([
    { namespace: "/board", auth },
    { namespace: "/desk", auth },
  ]);
  expect(client.connection.getSnapshot()).toMatchObject({
    status: "connected",
    subject: "someone",
    connection: "connection-1",
  });
});

test("a guest comes back as the same guest", async () => {
  const { server, connected, pass } = stage();
  server.welcome = { guest: true, guestCredential: "who I am" };
  await connected();

  server.cut();
  await pass(1_000);

  const shown = server.connects.map(({ auth }) => auth["guest"]);
  expect(shown).toEqual([undefined, "who I am"]);
});

test("without an app's name the package says its own, and its version", async () => {
  const { server, connected } = stage();

  await connected();

  const { name, version } = manifest;
  expect(server.connects[0]?.auth["client"]).toEqual({ name, version });
});

test("a namespace that is used later joins the same link", async () => {
  const { client, server, connected } = stage();
  server.handle("look", () => "here");
  client.use(Board);
  await connected();

  await expect(client.use(Desk).look()).resolves.toBe("here");
  expect(server.links).toBe(1);
});

test("a remount within the linger keeps the link, the last release closes it", async () => {
  const { client, server, pass } = stage();
  const first = client.retain();
  await server.settled();
  first();
  first();
  const second = client.retain();
  await pass(5_000);
  const kept = [server.links, client.connection.getSnapshot().status];

  second();
  await pass(999);
  const lingering = client.connection.getSnapshot().status;
  await pass(1);

  expect(kept).toEqual([1, "connected"]);
  expect(lingering).toBe("connected");
  expect(client.connection.getSnapshot().status).toBe("idle");
});

test("a connection that the app asked for outlives its holders", async () => {
  const { client, connected, pass } = stage();
  await connected();

  client.retain()();
  await pass(5_000);

  expect(client.connection.getSnapshot().status).toBe("connected");
});

test("a lost link is tried again, later each time, and the snapshot says when", async () => {
  const { client, server, clock, connected, pass } = stage();
  await connected();
  server.isReachable = false;

  server.cut();
  const first = client.connection.getSnapshot();
  await pass(500);
  const second = client.connection.getSnapshot();
  server.isReachable = true;
  await pass(500);

  expect(first).toMatchObject({
    status: "reconnecting",
    attempt: 1,
    retryAt: clock.now() - 500,
    problem: { code: "connection_closed" },
  });
  expect(second).toMatchObject({ status: "reconnecting", attempt: 2 });
  expect(client.connection.getSnapshot()).toMatchObject({ status: "connected", attempt: 0 });
  expect(client.connection.getSnapshot()).not.toHaveProperty("problem");
});

test("a server that stays silent is given up on after the watchdog's time", async () => {
  const { client, server, connected, pass } = stage({ connectTimeoutMs: 3_000 });
  server.onConnect = () => "silent";
  await connected();

  await pass(3_000);

  expect(client.connection.getSnapshot()).toMatchObject({
    status: "reconnecting",
    problem: { code: "connection_timed_out" },
  });
});

test("a refusal that cannot be mended ends in words and stops", async () => {
  const { client, server, connected, pass } = stage();
  server.onConnect = () => problem("upgrade_client", "upgrade_client");
  await connected();

  await pass(60_000);

  expect(server.connects).toHaveLength(1);
  expect(client.connection.getSnapshot()).toMatchObject({
    status: "failed",
    problem: { code: "upgrade_client", traceId: "trace-1" },
  });
});

test("a refusal with a time is not tried again before it", async () => {
  const { server, connected, pass } = stage();
  server.onConnect = () => problem("shutting_down", "reconnect", { afterMs: 4_000 });
  await connected();

  await pass(4_499);
  const before = server.links;
  await pass(1);

  expect([before, server.links]).toEqual([1, 2]);
});

test("an expired token is asked for again, once, and the new one is used", async () => {
  const reasons: AuthContext["reason"][] = [];
  const { client, server, connected } = stage({
    auth: ({ reason }) => {
      reasons.push(reason);
      return reason === "connect" ? "old" : "new";
    },
  });
  server.onConnect = ({ auth }) =>
    auth["token"] === "old" ? problem("token_expired", "reauthenticate") : undefined;

  await connected();

  expect(reasons).toEqual(["connect", "reauthenticate"]);
  expect(client.connection.getSnapshot().status).toBe("connected");
});

test("a token that is known to be dead is not tried twice", async () => {
  const auth = vi.fn(() => "dead");
  const { client, server, connected, pass } = stage({ auth });
  server.onConnect = () => problem("token_invalid", "reauthenticate");
  await connected();

  await pass(60_000);

  expect(auth).toHaveBeenCalledTimes(2);
  expect(server.connects).toHaveLength(1);
  expect(client.connection.getSnapshot()).toMatchObject({
    status: "failed",
    problem: { code: "token_invalid" },
  });
});

test("without a way to a new token a bad one is final", async () => {
  const { client, server, connected } = stage();
  server.onConnect = () => problem("unauthenticated", "reauthenticate");

  await connected();

  expect(client.connection.getSnapshot()).toMatchObject({
    status: "failed",
    problem: { code: "unauthenticated" },
  });
});

test("connect tries a failed connection again", async () => {
  const { client, server, connected } = stage();
  server.onConnect = () => problem("permission_denied", "give_up");
  await connected();
  server.onConnect = () => undefined;

  await connected();

  expect(client.connection.getSnapshot().status).toBe("connected");
});

test("an auth callback that throws is tried again like a lost network", async () => {
  let isUp = false;
  const { client, connected, pass } = stage({
    auth: () => {
      if (!isUp) throw new Error("no network");
      return "token";
    },
  });
  await connected();
  const before = client.connection.getSnapshot();
  isUp = true;

  await pass(500);

  expect(before).toMatchObject({
    status: "reconnecting",
    problem: { code: "connection_failed" },
  });
  expect(client.connection.getSnapshot().status).toBe("connected");
});

test("a namespace that the server does not have fails alone", async () => {
  const { client, server, connected } = stage();
  server.onConnect = ({ namespace }) => (namespace === "/desk" ? "Invalid namespace" : undefined);
  server.handle("ping", () => "pong");
  client.use(Board);
  const look = client.run(Desk.commands.look, undefined);

  await connected();

  await expect(look).resolves.toMatchObject({ problem: { code: "unknown_namespace" } });
  await expect(client.use(Board).ping()).resolves.toBe("pong");
  expect(client.connection.getSnapshot().status).toBe("connected");
});

test("when every namespace is refused the connection has failed", async () => {
  const { client, server, connected } = stage();
  server.onConnect = () => "Invalid namespace";

  await connected();

  expect(client.connection.getSnapshot()).toMatchObject({
    status: "failed",
    problem: { code: "unknown_namespace" },
  });
});

test("a connection that another one has replaced does not fight for its place", async () => {
  const { client, server, connected, pass } = stage();
  await connected();
  server.emit("/board", "tautline:notice", {
    kind: "connection_replaced",
    message: "You opened this in another tab.",
  });
  await server.settled();

  server.cut();
  await pass(60_000);

  expect(server.links).toBe(1);
  expect(client.connection.getSnapshot()).toMatchObject({
    status: "failed",
    problem: { message: "You opened this in another tab." },
  });
});

test("a server that goes down says for how long", async () => {
  const { server, connected, pass } = stage();
  await connected();
  server.emit("/board", "tautline:notice", {
    kind: "shutting_down",
    afterMs: 2_000,
    message: "Back soon.",
  });
  await server.settled();

  server.cut();
  await pass(2_499);
  const before = server.links;
  await pass(1);

  expect([before, server.links]).toEqual([1, 2]);
});

test("a token that is about to end is renewed in place", async () => {
  const tokens = ["first", "second"];
  const { client, server, connected } = stage({ auth: () => tokens.shift() });
  server.handle("tautline:refresh", () => ({}));
  client.use(Board);
  client.use(Desk);
  await connected();

  for (const namespace of ["/board", "/desk"]) {
    server.emit(namespace, "tautline:notice", { kind: "token_expiring", message: "" });
  }
  await server.settled();

  // One question to the app for both namespaces.
  const refreshes = server.calls.filter(({ name }) => name === "tautline:refresh");
  expect(refreshes.map(({ namespace, payload }) => [namespace, payload])).toEqual([
    ["/board", { token: "second" }],
    ["/desk", { token: "second" }],
  ]);
  expect(server.links).toBe(1);
});

test("a token that is about to end is not shown again when the app has nothing better", async () => {
  const auth = vi.fn(() => "only");
  const { client, server, connected } = stage({ auth });
  client.use(Board);
  client.use(Desk);
  await connected();

  for (const namespace of ["/board", "/desk"]) {
    server.emit(namespace, "tautline:notice", { kind: "token_expiring", message: "" });
    await server.settled();
  }

  expect(auth).toHaveBeenCalledTimes(2);
  expect(server.calls.map(({ name }) => name)).not.toContain("tautline:refresh");
});

test("a server that closes for a reason is come back to with what the reason asks for", async () => {
  const tokens = ["first", "second"];
  const { client, server, connected, pass } = stage({ auth: () => tokens.shift() });
  await connected();
  await pass(60_000);
  server.emit("/board", "tautline:notice", {
    kind: "closing",
    message: "Your sign-in has expired.",
    problem: problem("token_expired", "reauthenticate"),
  });
  await pass(0);

  server.cut();
  await pass(0);

  expect(server.connects.map(({ auth }) => auth["token"])).toEqual(["first", "second"]);
  expect(client.connection.getSnapshot().status).toBe("connected");
});

test("the app hears of what failed without a caller", async () => {
  const { client, server, connected } = stage();
  const heard: unknown[] = [];
  client.onProblem((what, event) => heard.push([event, what.code]));
  await connected();

  server.emit("/board", "tautline:problem", {
    event: "typing",
    problem: problem("rate_limited", "retry"),
  });
  await server.settled();

  expect(heard).toEqual([["typing", "rate_limited"]]);
});

test("each turn of the connection is logged with its trace id", async () => {
  const { server, lines, connected, pass } = stage();
  server.onConnect = () => problem("capacity", "retry");
  await connected();
  server.onConnect = () => undefined;
  await pass(500);

  expect(lines.map(({ message, facts }) => [message, facts["traceId"]])).toEqual([
    ["connecting", undefined],
    ["connection error", "trace-1"],
    ["reconnecting", "trace-1"],
    ["connected", undefined],
  ]);
});

test("a second client of the same URL is pointed out by name", async () => {
  const url = "http://twice";
  const first = stage({ url });
  const second = stage({ url });

  await first.connected();
  await second.connected();

  const warnings = second.lines.filter(({ level }) => level === "warn");
  expect(first.lines.filter(({ level }) => level === "warn")).toEqual([]);
  expect(warnings.map(({ message }) => message)).toEqual([
    'a second client for "http://twice" connects: call `createClient` once, at the top of a module, and share it',
  ]);
});

test("the browser's word that the network is back ends the wait", async () => {
  const page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  const { client, server, connected } = stage();
  await connected();
  server.isReachable = false;
  server.cut();
  server.isReachable = true;

  page.dispatchEvent(new Event("online"));
  await server.settled();

  expect(client.connection.getSnapshot().status).toBe("connected");
  client.close();
  vi.unstubAllGlobals();
});
