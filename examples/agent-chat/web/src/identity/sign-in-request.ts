// Asks the server for a token.

import type { Problem, Result } from "@tautline/react";
import type { Identity } from "./identity.js";

/** Whoever gives a name is let in: the server signs tokens for demonstrations. */
export async function requestSignIn(name: string): Promise<Result<Identity, Problem>> {
  try {
    const answer = await fetch("/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, role: "member" }),
    });
    const body: unknown = await answer.json();
    if (answer.ok) return { ok: true, value: body as Identity };
    return { ok: false, problem: readProblem(body) };
  } catch {
    return { ok: false, problem: UNREACHABLE };
  }
}

/** A refusal in the server's words, or in ours if it is none of the server's. */
function readProblem(body: unknown): Problem {
  const candidate =
    typeof body === "object" && body !== null && "error" in body ? body.error : body;
  const { message } = (candidate ?? {}) as Partial<Problem>;
  return typeof message === "string" ? { ...REFUSED, ...(candidate as Problem) } : REFUSED;
}

const UNREACHABLE: Problem = {
  code: "connection_failed",
  category: "connection",
  severity: "warning",
  message: "The service cannot be reached.",
  recovery: { action: "retry", hint: "Check your network, then try again." },
  outcome: "not_executed",
  traceId: "",
};

const REFUSED: Problem = {
  code: "sign_in_refused",
  category: "invalid",
  severity: "warning",
  message: "This name cannot be used.",
  recovery: { action: "fix_input", hint: "Choose another one." },
  outcome: "not_executed",
  traceId: "",
};
