// A message in a line, for lists and quotes.

import type { Body } from "@tautline/agent-chat";

/** The body of a message, without its marks. */
export function previewOf(body: Body): string {
  switch (body.type) {
    case "text":
    case "agent":
    case "system":
      return body.text.replaceAll(/[*_`#>]/g, "").replaceAll(/\s+/g, " ");
    case "context":
      return `shared ${body.title}`;
    case "task":
      return `task: ${body.title}`;
    case "deleted":
      return "deleted a message";
    default:
      return body satisfies never;
  }
}
