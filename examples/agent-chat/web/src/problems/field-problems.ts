// Turns the broken constraints of a problem into words beside the fields of a form.

import type { FieldProblem, Problem } from "@tautline/react";

/** The words of each field that the form has; `rest` are those that belong to none of them. */
export interface FieldWords {
  readonly fields: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
}

/** `names` maps paths of the payload to fields of the form; a path below one of them belongs to it. */
export function fieldWords(
  problem: Problem | undefined,
  names: Readonly<Record<string, string>>,
): FieldWords {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const field of problem?.fields ?? []) {
    const name = Object.entries(names).find(([path]) => isUnder(field.path, path))?.[1];
    if (name === undefined) rest.push(`${field.path}: ${ruleWords(field)}`);
    else fields[name] ??= sentence(ruleWords(field));
  }
  return { fields, rest };
}

function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

/** A rule in words: bounds come as `1..=80`, `..=40` or `1..`. */
function ruleWords({ rule, limit = "" }: FieldProblem): string {
  const [, least = "", most = ""] = /^(\d*)\.\.=?(\d*)$/.exec(limit) ?? [];
  switch (rule) {
    case "length":
      return bounds(least, most, "characters long", "not be empty");
    case "items":
      return bounds(least, most, "entries", "not be empty");
    case "range":
      return bounds(least, most, "", "not be below 1");
    case "pattern":
      return "has characters that are not allowed here";
    case "required":
      return "is needed";
    default:
      return limit === "" ? "is not right" : `is not right: ${limit}`;
  }
}

function bounds(least: string, most: string, unit: string, empty: string): string {
  const what = unit && ` ${unit}`;
  if (least === "1" && most !== "") return `must be 1 to ${most}${what}`;
  if (least === "1") return `must ${empty}`;
  if (least !== "" && least !== "0" && most !== "") return `must be ${least} to ${most}${what}`;
  if (most !== "") return `must be at most ${most}${what}`;
  return `must be at least ${least}${what}`;
}

function sentence(words: string): string {
  return `This ${words}.`;
}
