// Signs tokens as an application's login would: JSON Web Tokens by HMAC with SHA-256.

import { createHmac } from "node:crypto";

/** The secret that the server under test knows. */
export const SECRET = "a secret that only the conformance tests share with their server";

/** What a token may say. */
export interface Claims {
  /** Who it is. */
  readonly sub: string;
  /** When it stops to count, in seconds since 1970; in one hour unless told. */
  readonly exp?: number;
  /** What it allows, separated by spaces. */
  readonly scope?: string;
}

/** A token that the server accepts, or not, by its claims and its secret. */
export function sign(claims: Claims, secret = SECRET): string {
  const now = Math.floor(Date.now() / 1000);
  const head = encode({ alg: "HS256", typ: "JWT" });
  const body = encode({ iat: now, exp: now + 3600, ...claims });
  const signature = createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url");
  return `${head}.${body}.${signature}`;
}

/** A token that ended an hour ago. */
export const expired = (sub: string) => sign({ sub, exp: Math.floor(Date.now() / 1000) - 3600 });

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
