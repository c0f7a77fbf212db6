// Small knowledge of language: what a text is about, and which of its sentences matter.

/** Words that say nothing about what a text is about. */
const SMALL = new Set(
  (
    "about above after again against all also and any are around ask back because been before being " +
    "between both but can could did does doing done down each even ever every few for from further get " +
    "give had has have having hello her here him his how however into its just know let like long look " +
    "make many may maybe more most much must need next not now off once only other our out over own " +
    "please really same say see shall she should some still such take tell than thank thanks that the " +
    "their them then there these they thing this those through too under until upon use very want was " +
    "way well were what when where which while who whom why will with would write yes yet you your"
  ).split(" "),
);

/** Up to `limit` words that a text is about, the first that it names first. */
export function keywords(text: string, limit: number): string[] {
  const found = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}[\p{L}\p{N}-]{2,}/gu)) {
    if (!SMALL.has(word)) found.add(word.slice(0, 40));
  }
  return [...found].slice(0, limit);
}

/** The sentences of a text, without the marks of Markdown at the beginning of its lines. */
export function sentences(text: string): string[] {
  return text
    .split(/\n+/)
    .map((line) => line.replace(/^[\s>#*+-]*(?:\d+[.)]\s+)?/, ""))
    .flatMap((line) => line.split(/(?<=[.!?])\s+/))
    .map((it) => it.trim())
    .filter((it) => /[\p{L}\p{N}]/u.test(it));
}

/** Whether a sentence has one of the words, or a longer form of it. */
export function mentions(sentence: string, words: readonly string[]): boolean {
  const low = sentence.toLowerCase();
  return words.some((word) => low.includes(word));
}

/** A text that is not longer than `limit`; what is cut off leaves an ellipsis. */
export function shorten(text: string, limit: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
}
