// Parts of the runtime that not every contract needs. The descriptors that need one bring it along, so
// that a page whose contract has no streams, say, does not load what watches them.

import type { Clock } from "./clock.js";
import type { Connection } from "./connection.js";
import type { AnyStream, Feature, NamespaceParts } from "./descriptors.js";
import type { Logger } from "./logger.js";
import type { Presence } from "./presence.js";
import type { Receipts } from "./receipts.js";
import type { RoomEntry } from "./room-entry.js";
import type { Streams } from "./streams.js";

/** What features need of the rest. */
export interface FeatureParts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks the server what stands in a room. */
  refresh(entry: RoomEntry): void;
}

/** The features of a client: those that its contract brings. */
export interface Features {
  readonly streams: Streams | undefined;
  readonly presence: Presence | undefined;
  readonly receipts: Receipts | undefined;
}

/** Wraps what makes a feature, for descriptors to carry. */
export function feature<Part>(make: (parts: FeatureParts) => Part): Feature {
  return { "~make": make };
}

/** Makes the features that these namespaces bring. */
export function makeFeatures(namespaces: readonly NamespaceParts[], parts: FeatureParts): Features {
  const rooms = namespaces.flatMap((it) => Object.values(it.rooms ?? {}));
  const streams = namespaces.flatMap((it): AnyStream[] => Object.values(it.streams ?? {}));
  function make<Part>(brought: readonly (Feature | undefined)[]): Part | undefined {
    const found = brought.find((it) => it !== undefined)?.["~make"];
    return (found as ((parts: FeatureParts) => Part) | undefined)?.(parts);
  }
  return {
    streams: make(streams.map((stream) => stream["~feature"])),
    presence: make(rooms.map(({ presence }) => presence)),
    receipts: make(rooms.map(({ receipts }) => receipts)),
  };
}
