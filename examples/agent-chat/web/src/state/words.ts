// Words for what the contract says in codes: names, times, statuses.

import type { Activity, Extent, Intent, Priority, TaskStatus, UserId } from "@tautline/agent-chat";

/** A subject as people write it: `ann` is Ann. */
export function nameOf(subject: UserId): string {
  return subject
    .split(/[-_.\s]+/)
    .filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}

export const STATUS_WORDS: Readonly<Record<TaskStatus, string>> = {
  pending: "Pending",
  in_progress: "In progress",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const PRIORITY_WORDS: Readonly<Record<Priority, string>> = {
  low: "Low",
  medium: "Medium",
  high: "High",
  critical: "Critical",
};

export const EXTENT_WORDS: Readonly<Record<Extent, string>> = {
  full: "Full",
  relevant: "Relevant parts",
  summary: "Summary",
};

const INTENTS: Readonly<Record<string, string>> = {
  task_request: "Task request",
  task_response: "Task response",
  information: "Information",
  question: "Question",
  coordination: "Coordination",
};

/** What an agent means; an intent that a newer agent has is shown as it is written. */
export function intentWords(intent: Intent): string {
  return INTENTS[intent] ?? nameOf(intent);
}

/** What an agent is doing, in a word. */
export function activityWords(activity: Activity): string {
  switch (activity.type) {
    case "idle":
      return "Idle";
    case "thinking":
      return "Thinking";
    case "responding":
      return "Responding";
    case "error":
      return "Error";
    default:
      // A kind that a newer server knows.
      return nameOf(activity.type);
  }
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

/** `14:05` */
export function clockWords(at: string | number): string {
  return CLOCK.format(new Date(at));
}

/** The whole moment, for a tooltip. */
export function momentWords(at: string | number): string {
  return MOMENT.format(new Date(at));
}

/** `Today`, `Yesterday`, or the day. */
export function dayWords(at: string | number, now = Date.now()): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return "Today";
  if (day === new Date(now - 86_400_000).toDateString()) return "Yesterday";
  return DAY.format(new Date(at));
}

/** `5 min. ago`, `in 2 hr.` */
export function relativeWords(at: string | number, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const size = Math.abs(seconds);
  // The server's clock may be ahead of ours by a little: what it has just done is not to come.
  if (size < 45) return seconds <= 5 ? "just now" : "in a moment";
  if (size < 2700) return RELATIVE.format(Math.round(seconds / 60), "minute");
  if (size < 79_200) return RELATIVE.format(Math.round(seconds / 3600), "hour");
  return RELATIVE.format(Math.round(seconds / 86_400), "day");
}
