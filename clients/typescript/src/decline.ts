// How a handler of questions says no.

import type { Declination, Decline } from "./api.js";
import type { Problem } from "./problem.js";

/** Declines a question: `return decline({ code: "declined.too_risky" })`. */
export function decline<Declined extends Problem>(
  reason: Decline<Declined>,
): Declination<Declined> {
  return { "~declined": reason };
}
