// Every request to the Socket.IO path, by status: a page that may poll never gets a 400.

import { afterEach, beforeEach, expect, test } from "vitest";
import { closePages, openPage } from "../harness/browser.js";
import { type Front, startFront } from "../harness/front.js";
import { type QuickstartServer, startServer } from "../harness/server.js";
import { sign } from "../harness/token.js";
import { countByStatus } from "../harness/traffic.js";

let server: QuickstartServer;
let front: Front;

beforeEach(async () => {
  server = await startServer({ polling: true });
  front = await startFront("polling", server.url);
});

afterEach(async () => {
  await closePages();
  await front.close();
  await server.stop();
});

const anHourAgo = Math.floor(Date.now() / 1000) - 60 * 60;

test.for(["polling", "polling,websocket"])(
  "%s meets no 400 over join, expired token and restart",
  async (transports) => {
    const tokens = `${sign({ sub: "ada", exp: anHourAgo })},${sign({ sub: "ada" })}`;
    const query = new URLSearchParams({ transports, tokens });

    const { page, traffic } = await openPage(`${front.url}/?${query}`);
    await page.getByText("connected ada joined").waitFor();
    await server.stop();
    await page.getByText("reconnecting").waitFor();
    await server.start();
    await page.getByText("connected ada joined").waitFor();

    const counts = countByStatus(traffic);
    console.log(`${transports}: requests by status ${JSON.stringify(counts)}`);
    expect(counts["200"]).toBeGreaterThan(0);
    expect(counts["400"]).toBeUndefined();
    const sockets = traffic.sockets.filter(({ status }) => status === 101);
    expect(sockets.length > 0).toBe(transports.includes("websocket"));
  },
);
