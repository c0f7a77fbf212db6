// Who is looking: as the server says, and without a connection as the page knows by itself.

import { useConnection } from "@tautline/react";
import { settings } from "./settings.js";

/** The subject of the person in front of the page. */
export function useSelf(): string | undefined {
  return useConnection().subject ?? settings.subject;
}
