// Somebody else on the same server: whatever happens to others must not touch them.

import { afterEach, beforeEach, expect } from "vitest";
import type { StockClient } from "../stock/client.js";
import { javascript } from "../stock/javascript.js";

/** In every test of the file, a second client stays connected, is answered and hears nothing strange. */
export function expectBystanderUntouched(server: { readonly url: string }): void {
  let bystander: StockClient;
  let isLost = false;

  beforeEach(async () => {
    isLost = false;
    const { url } = server;
    bystander = await javascript({ url, namespace: "/faults", transport: "websocket" });
    bystander.lost.then(() => {
      isLost = true;
    });
    await bystander.next("tautline:welcome");
  });

  afterEach(async () => {
    const answer = await bystander.call("who_am_i");

    expect(answer).toMatchObject({ ok: { guest: true } });
    expect(isLost).toBe(false);
    expect(bystander.arrived("tautline:problem")).toEqual([]);
    await bystander.close();
  });
}
