// Cuts a text into the parts in which it is written.

/** How many words a part has at most. */
const WORDS = 3;

/** The parts of a text: together they are the text, and each is a few words with the space behind them. */
export function partsOf(text: string): string[] {
  return text.match(new RegExp(`(?:\\S+\\s*){1,${WORDS}}|\\s+`, "g")) ?? [];
}
