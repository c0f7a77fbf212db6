// The token of the connection: asked for once at a time, and never used again once refused.

import type { Auth, AuthContext } from "./api.js";

/** Where the token comes from. */
export interface Tokens {
  /** Whether the app can give another one. */
  readonly canRenew: boolean;
  /** Counts the different tokens so far: says whether there is a newer one than at some moment. */
  readonly number: number;
  /** The token to connect with. */
  current(): string | undefined;
  /**
   * Asks the app. False: it gave the token again that the server has just refused, or that is about to
   * end: showing it once more would help nobody. Who asks while a question is open gets the same answer.
   */
  ask(cx: AuthContext): Promise<boolean>;
}

/** Makes the tokens of a connection. Without `auth` there is none: the caller is a guest. */
export function createTokens(auth: Auth | undefined): Tokens {
  let token: string | undefined;
  let number = 0;
  let pending: Promise<string | undefined> | undefined;
  /** Asked for the next one, the app gave this one. */
  let isLast = false;
  return {
    canRenew: auth !== undefined,
    get number() {
      return number;
    },
    current: () => token,
    async ask(cx) {
      if (!auth) return true;
      // Each namespace says for itself that the token is about to end.
      if (isLast && cx.reason === "refresh") return false;
      const refused = token;
      pending ??= Promise.resolve(cx)
        .then(auth)
        .finally(() => {
          pending = undefined;
        });
      const given = await pending;
      isLast = cx.reason === "refresh" && given === token;
      if (given !== token) number += 1;
      token = given;
      return cx.reason === "connect" || token !== refused;
    },
  };
}
