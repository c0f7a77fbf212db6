// Names that no other test of the same server uses.

import { randomUUID } from "node:crypto";

/** A name of its own. */
export const unique = (kind: string) => `${kind}-${randomUUID()}`;
