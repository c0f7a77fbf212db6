// Tells of a problem that has no place of its own on the page.

import { notifications } from "@mantine/notifications";
import type { Problem } from "@tautline/react";
import { severityLooks } from "./problem-alert.js";

/** One notification per code: what fails five times is said once. */
export function notifyProblem(problem: Problem): void {
  const { message, recovery, severity, code } = problem;
  notifications.show({
    id: `problem ${code}`,
    title: message,
    message: recovery.hint,
    color: severityLooks(severity).color,
    autoClose: severity === "info" || severity === "warning" ? 6_000 : 12_000,
    withBorder: true,
    closeButtonProps: { "aria-label": "Dismiss" },
  });
}
