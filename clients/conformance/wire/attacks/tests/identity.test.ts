// Attacks with credentials: those that were revoked, those whose time is over, and those that were made up.

import { expect } from "vitest";
import { sign } from "../../harness/token.js";
import { ATTACKER, attack } from "../harness/attack.js";
import { mustOpen } from "../harness/raw.js";

attack("token replay after revocation", {
  memory: 32,
  async run({ server, url }) {
    const token = sign({ sub: "eve" });
    const stolen = await mustOpen(url, { from: ATTACKER });
    expect(await stolen.enter("/chat", { token })).toBeUndefined();

    await fetch(`${url}/operator/revoke?subject=eve`, { method: "POST" });
    await stolen.closed;
    const codes: (string | undefined)[] = [];
    for (let number = 0; number < 30; number += 1) {
      const again = await mustOpen(url, { from: ATTACKER });
      codes.push(await again.enter("/chat", { token }));
      again.tcp.destroy();
    }

    expect(new Set(codes)).toEqual(new Set(["token_revoked"]));
    await server.logged("the caller was not recognised", "the token was revoked", ATTACKER);
    return "token_revoked, 30 times of 30";
  },
});
