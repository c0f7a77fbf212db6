// What the generated types promise to the code that uses them. Compiled beside the snapshots.

import type { Value } from "./objects_with_a_tag/index.js";
import type { Word } from "./open_enums/index.js";
import type { OrderError } from "./refusals/index.js";
import { contract as orders } from "./refusals/index.js";
import { Shelves } from "./rooms_of_every_form/index.js";

/** A `switch` over the codes knows all of them, and the parameters of each. */
export function words(problem: OrderError): string {
  switch (problem.code) {
    case "order.gone":
      return problem.message;
    case "order.taken":
      return `${problem.params.by} ${problem.params.retryAfterMs} ${problem.params.others.length}`;
    default: {
      const never: never = problem;
      return never;
    }
  }
}

/** A `switch` over a tag knows all variants. */
export function kind(value: Value): number {
  switch (value.type) {
    case "nothing":
      return 0;
    case "text":
      return value.body.length;
    case "several":
      return value.parts.length;
    default: {
      const never: never = value;
      return never;
    }
  }
}

/** An open enum takes what is known and what is not. */
export const open: readonly Word[] = ["now", "of tomorrow"];

// @ts-expect-error: a closed code is one of the contract's.
export const wrong: OrderError["code"] = "order.unknown";

/** Names are literal types, so that they can be looked up. */
export const path: string = orders.namespaces.Orders.path;

/** The rooms of an event come from its payload. */
export const rooms: readonly string[] = (Shelves.events.bookAdded.rooms ?? []).map((room) =>
  room({ house: "h", number: 1, subject: "s" }),
);

// @ts-expect-error: a room is named by all of its parameters.
Shelves.rooms.shelf.name({ house: "h" });
