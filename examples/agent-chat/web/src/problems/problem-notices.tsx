// Tells of problems that nobody waits for: of what an earlier life of the page had sent, and of the server's own.

import { useClient } from "@tautline/react";
import { useEffect } from "react";
import { notifyProblem } from "./notify-problem.js";

/** Renders nothing. */
export function ProblemNotices() {
  const client = useClient();
  useEffect(() => client.onProblem(notifyProblem), [client]);
  return null;
}
