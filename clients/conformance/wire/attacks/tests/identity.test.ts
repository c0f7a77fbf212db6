// Attacks with credentials: those that were revoked, those whose time is over, and those that were made up.

import { createHmac, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { expired, sign } from "../../harness/token.js";
import { ATTACKER, attack, patiently } from "../harness/attack.js";
import { mustOpen } from "../harness/raw.js";

attack("token replay after revocation", {
  memory: 32,
  async run({ server, url }) {
    const token = sign({ sub: "eve" });
    const stolen = await mustOpen(url, { from: ATTACKER });
    expect(await stolen.enter("/chat", { token })).toBeUndefined();

    await fetch(`${url}/operator/revoke?subject=eve`, { method: "POST" });
    await stolen.closed;
    const codes = await show(
      url,
      Array.from({ length: 40 }, () => token),
    );

    expect(new Set(codes)).toEqual(new Set(["token_revoked"]));
    await server.logged("the caller was not recognised", "the token was revoked", ATTACKER);
    return "put out, token_revoked, 40 times of 40";
  },
});

attack("expired tokens", {
  memory: 32,
  async run({ server, url }) {
    const codes = await show(
      url,
      Array.from({ length: 40 }, () => expired("eve")),
    );

    expect(new Set(codes)).toEqual(new Set(["token_expired"]));
    await server.logged("the caller was not recognised", "expired credentials", ATTACKER);
    return "token_expired, 40 times of 40";
  },
});

const folder = mkdtempSync(join(tmpdir(), "tautline-key-"));
const publicKey = join(folder, "key.pem");
const pem = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" });
writeFileSync(publicKey, pem);
afterAll(() => rmSync(folder, { recursive: true }));

attack("algorithm confusion", {
  memory: 32,
  options: { publicKey },
  async run({ server, url }) {
    const byHmac = (head: object, secret: string | Buffer, hash = "sha256") =>
      forged(head, (text) => createHmac(hash, secret).update(text).digest("base64url"));
    const codes = await show(url, [
      forged({ alg: "none" }, () => ""),
      forged({ alg: "None" }, () => ""),
      byHmac({ alg: "HS256" }, pem.toString()),
      byHmac({ alg: "HS256" }, pem.toString().trim()),
      byHmac({ alg: "EdDSA" }, pem.toString()),
      byHmac({ alg: "HS512" }, pem.toString(), "sha512"),
      byHmac({ alg: "RS256" }, pem.toString()),
      byHmac({ alg: "HS256", kid: "../../dev/null" }, ""),
      byHmac({ alg: "HS256", jwk: { kty: "oct", k: "c2VjcmV0" } }, "secret"),
      byHmac({ alg: "HS256", jku: "http://127.0.0.66/keys" }, "secret"),
      byHmac({ alg: "HS256" }, "secret"),
      byHmac({ alg: "HS256" }, ""),
    ]);

    expect(new Set(codes.slice(0, 10))).toEqual(new Set(["token_invalid"]));
    expect(codes.at(-1)).toBe("banned");
    await server.logged("the caller was not recognised", "invalid credentials", ATTACKER);
    await server.logged("tautline::audit", `address ${ATTACKER}`, "bad_credentials", "Banned");
    return "token_invalid, banned within 12";
  },
});

/** A token that nobody has issued. */
function forged(head: object, sign: (text: string) => string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const body = { sub: "admin", scope: "admin", exp: Math.floor(Date.now() / 1000) + 3600 };
  const text = `${encode({ typ: "JWT", ...head })}.${encode(body)}`;
  return `${text}.${sign(text)}`;
}

/** How each of these tokens is refused, each on a connection of its own. */
async function show(url: string, tokens: readonly string[]): Promise<(string | undefined)[]> {
  const codes: (string | undefined)[] = [];
  for (const token of tokens) {
    const socket = await patiently(url);
    codes.push(await socket.enter("/chat", { token }));
    socket.tcp.destroy();
  }
  return codes;
}
