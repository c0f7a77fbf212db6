// Who a token is for, read without trusting it: enough to know whose commands are written before a
// server has said so.

/** The subject that a token names; `undefined` if it is not one that can be read. */
export function subjectOf(token: string | undefined): string | undefined {
  try {
    const [, claims = ""] = token?.split(".") ?? [];
    const bytes = atob(claims.replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (it) => it.charCodeAt(0)));
    const { sub } = JSON.parse(text) as { readonly sub?: unknown };
    return typeof sub === "string" ? sub : undefined;
  } catch {
    // A token of another kind: its subject is the server's secret until the welcome.
    return undefined;
  }
}
