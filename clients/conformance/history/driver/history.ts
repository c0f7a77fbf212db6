// What a client of a run writes down, as `src/history.rs` reads it: one line of JSON each.

/** A command that an app asks for. */
export interface Asked {
  /** By which it is known everywhere. */
  readonly mark: string;
  readonly room: string;
  readonly command: "note" | "remark" | "say" | "drop_in" | "jot";
  readonly ending: "kept" | "refused" | "refused_in_step" | "failed";
  readonly pauseMs: number;
}

/** A place in the sequence of a room. */
export interface Place {
  readonly epoch: string;
  readonly seq: number;
}

/** Writes for one client. */
export interface Writer {
  invoked(asked: Asked, lane: string | null): void;
  answered(mark: string, place?: Place): void;
  refused(mark: string, problem: { readonly code: string; readonly outcome: string }): void;
  entered(room: string, marks: readonly string[], facts?: { place?: Place; lost?: string }): void;
  received(room: string, place: Place, mark: string): void;
  left(room: string): void;
  noted(text: string): void;
  /** Not part of the history: how far the client is. */
  progress(progress: "spent" | "done"): void;
}

/** The writer of a client. */
export function writer(who: string): Writer {
  const say = (line: object) => void process.stdout.write(`${JSON.stringify({ who, ...line })}\n`);
  const placed = ({ epoch, seq }: Place): Place => ({ epoch, seq });
  return {
    invoked({ mark, room, command, ending }, lane) {
      const leaves = ending !== "kept" ? "nothing" : command === "remark" ? "event" : "row";
      say({ type: "invoked", mark, room, lane, leaves });
    },
    answered: (mark, place) => say({ type: "answered", mark, place: place && placed(place) }),
    refused: (mark, { code, outcome }) => say({ type: "refused", mark, code, outcome }),
    entered: (room, marks, { place, lost } = {}) =>
      say({ type: "entered", room, marks, place: place && placed(place), lost }),
    received: (room, place, mark) => say({ type: "received", room, place: placed(place), mark }),
    left: (room) => say({ type: "left", room }),
    noted: (text) => say({ type: "noted", text }),
    progress: (progress) => say({ progress }),
  };
}
