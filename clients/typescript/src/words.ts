// Problems in words for people, in whatever language the app brings. A door of its own: pages that show
// the server's own words load none of it.

import type { FieldProblem, Problem } from "./problem.js";

/** How one problem is said. Names in braces stand for its parameters: `{agent} is busy.` */
export interface Wording {
  /** What happened. */
  readonly message: string;
  /** What the person can do. */
  readonly hint?: string;
}

/**
 * A language: by a problem's code, and by `field.` and a rule for what a form shows beside its fields.
 * What it lacks is said in the words that came with the problem.
 */
export type Words = Readonly<Record<string, Wording>>;

/** A whole language: `const german: Translation<typeof words> = { … }` lacks no code of the contract. */
export type Translation<English extends Words> = {
  readonly [Code in keyof English]: Wording;
};

/** A problem in words. */
export interface Spoken {
  readonly message: string;
  readonly hint: string;
  /** What is wrong with each field of the input, by its path: `items[2].title`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** How broken rules are said, as long as no language says otherwise. */
export const fieldWords: Words = {
  "field.length": { message: "Use {limit} characters." },
  "field.items": { message: "Choose {limit}." },
  "field.range": { message: "Use a number: {limit}." },
  "field.pattern": { message: "This does not have the right form." },
  "field.type": { message: "This is not the right kind of value." },
  "field.other": { message: "This is not right." },
};

/** Says a problem. Languages are asked in their order. */
export function speak(problem: Problem, ...languages: readonly Words[]): Spoken {
  const { code, params = {}, message, recovery, fields = [] } = problem;
  const wording = languages.find((it) => it[code] && canSay(it[code], params))?.[code];
  const broken: Record<string, string> = {};
  // One sentence for each field: the first rule that it breaks.
  for (const field of fields) broken[field.path] ??= speakField(field, languages);
  return {
    message: wording ? fill(wording.message, params) : message,
    hint: wording ? fill(wording.hint ?? "", params) : recovery.hint,
    fields: broken,
  };
}

function speakField({ rule, limit = "" }: FieldProblem, languages: readonly Words[]): string {
  const all = [...languages, fieldWords];
  const of = (key: string) => all.find((it) => it[key])?.[key]?.message;
  return fill(of(`field.${rule}`) ?? of("field.other") ?? "", { limit: bounds(limit) });
}

/** `1..=80` as people write it: `1–80`; `..=80` is `≤ 80` and `1..` is `≥ 1`. */
function bounds(limit: string): string {
  const [least, most] = limit.split(/\.\.=?/);
  if (most === undefined) return limit;
  if (!least) return `≤ ${most}`;
  return most ? `${least}–${most}` : `≥ ${least}`;
}

const NAME = /\{(\w+)\}/g;

/** A server of another version may not send what a sentence needs: then its own is the better one. */
function canSay({ message, hint = "" }: Wording, params: Readonly<Record<string, unknown>>) {
  return [...(message + hint).matchAll(NAME)].every(([, name = ""]) => name in params);
}

function fill(text: string, params: Readonly<Record<string, unknown>>): string {
  return text.replace(NAME, (_, name: string) => String(params[name]));
}
