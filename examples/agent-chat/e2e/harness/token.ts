// Signs tokens as the server's own sign-in does: JSON Web Tokens by HMAC with SHA-256.

import { createHmac } from "node:crypto";

/** The secret that the server under test knows. */
export const SECRET = "a secret that only the tests of the agent chat share with its server";

/** A token that says this. The server takes it, or not, by its claims and its secret. */
export function sign(claims: Readonly<Record<string, unknown>>, secret = SECRET): string {
  const now = Math.floor(Date.now() / 1000);
  const head = encode({ alg: "HS256", typ: "JWT" });
  const body = encode({ iat: now, exp: now + 3600, ...claims });
  const signature = createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url");
  return `${head}.${body}.${signature}`;
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
