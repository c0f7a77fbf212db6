// Records what a page sends to the Socket.IO path: every request by its status, every WebSocket and every frame.

import type { CDPSession, Page } from "playwright-core";

/** A request to the Socket.IO path. */
export interface RecordedRequest {
  readonly method: string;
  /** Without a session, it asks for one. */
  readonly isHandshake: boolean;
  /** It ends its session. */
  readonly isGoodbye: boolean;
  /** The status of its answer; `undefined` while there is none, or when the connection failed. */
  status: number | undefined;
}

/** A WebSocket that the page opened. */
export interface RecordedSocket {
  readonly url: string;
  /** 101 after a successful handshake. */
  status: number | undefined;
  closed: boolean;
  readonly sent: string[];
  readonly received: string[];
}

/** What a page has sent so far. It grows while the page lives. */
export interface Traffic {
  readonly requests: RecordedRequest[];
  readonly sockets: RecordedSocket[];
}

/** The WebSockets that are open now. */
export const openSockets = (traffic: Traffic) =>
  traffic.sockets.filter((socket) => socket.status === 101 && !socket.closed);

/** Socket.IO's CONNECT packets of one page: `40/chat,{…}` is one, on the namespace `/chat`. */
export const connects = (traffic: Traffic) =>
  traffic.sockets.flatMap(({ sent }) => sent.filter((frame) => frame.startsWith("40")));

/** How often the page asked for a new Engine.IO session, by polling or by WebSocket. */
export const handshakes = ({ requests, sockets }: Traffic) =>
  requests.filter(({ isHandshake }) => isHandshake).length +
  sockets.filter(({ url }) => !new URL(url).searchParams.has("sid")).length;

/**
 * How often each status was answered to plain requests: `{ 200: 5, 400: 1 }`. A goodbye is left out: where a page
 * leaves in the middle of an upgrade, its session ends with that, and the goodbye comes to one that is over.
 */
export function countByStatus({ requests }: Traffic): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, isGoodbye } of requests) {
    if (isGoodbye) continue;
    const key = String(status ?? "no answer");
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Starts to record a page. Call it before the page loads anything. */
export async function record(page: Page): Promise<Traffic> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  return { requests: recordRequests(session), sockets: recordSockets(session) };
}

function recordRequests(session: CDPSession): RecordedRequest[] {
  const requests = new Map<string, RecordedRequest>();
  const list: RecordedRequest[] = [];
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    const url = new URL(request.url);
    if (!url.pathname.startsWith("/socket.io/")) return;
    const isHandshake = !url.searchParams.has("sid");
    const isGoodbye = request.postData === "1";
    const recorded = { method: request.method, isHandshake, isGoodbye, status: undefined };
    requests.set(requestId, recorded);
    list.push(recorded);
  });
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const request = requests.get(requestId);
    if (request) request.status = response.status;
  });
  return list;
}

function recordSockets(session: CDPSession): RecordedSocket[] {
  const sockets = new Map<string, RecordedSocket>();
  const list: RecordedSocket[] = [];
  session.on("Network.webSocketCreated", ({ requestId, url }) => {
    const socket = { url, status: undefined, closed: false, sent: [], received: [] };
    sockets.set(requestId, socket);
    list.push(socket);
  });
  session.on("Network.webSocketHandshakeResponseReceived", ({ requestId, response }) => {
    const socket = sockets.get(requestId);
    if (socket) socket.status = response.status;
  });
  session.on("Network.webSocketClosed", ({ requestId }) => {
    const socket = sockets.get(requestId);
    if (socket) socket.closed = true;
  });
  session.on("Network.webSocketFrameSent", ({ requestId, response }) => {
    sockets.get(requestId)?.sent.push(response.payloadData);
  });
  session.on("Network.webSocketFrameReceived", ({ requestId, response }) => {
    sockets.get(requestId)?.received.push(response.payloadData);
  });
  return list;
}
