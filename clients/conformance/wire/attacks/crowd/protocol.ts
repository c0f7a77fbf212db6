// What the test of an attack and the process of its ordinary users say to each other.

/** What the test says. */
export type Order =
  /** Talk, and say when so many answers have come. */
  | { readonly talk: number }
  /** Stop talking, hear everything, and say what was seen. */
  | "end";

/** What the users say. */
export type Report = "seated" | "answered" | Span;

/** What was seen of a time in which everybody worked. */
export interface Span {
  /** How long each answer took, in milliseconds. */
  readonly took: readonly number[];
  /** What was not answered as it should. */
  readonly failures: readonly string[];
}

/** The circle in which the users sit. */
export const CIRCLE = "regulars";
