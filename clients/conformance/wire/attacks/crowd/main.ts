// The process of the ordinary users: they sit in a circle, say something now and then, and hear each other. What the
// attackers do in theirs does not make the clocks of these people late.

import { type Person, withOurs, withStockClient } from "./people.js";
import type { Order, Report, Span } from "./protocol.js";

/** How long a user rests after an answer, in milliseconds. */
const REST = 80;

/** How long the last message may be on its way before it counts as lost, in milliseconds. */
const PATIENCE = 5_000;

const STOCK = 6;

const url = process.argv[2] ?? "";
const people = await Promise.all([
  ...Array.from({ length: STOCK }, (_, index) => withStockClient(url, `127.0.1.${index + 1}`)),
  withOurs(url, "ann"),
  withOurs(url, "ben"),
]);
let said = 0;
let end = async () => {};

process.on("message", async (order: Order) => {
  if (order === "end") await end();
  else end = talk(order.talk);
});
// Nobody is left to report to.
process.on("disconnect", () => process.exit());
report("seated");

/** Everybody talks, until the function is called that this gives. */
function talk(wanted: number): () => Promise<void> {
  const took: number[] = [];
  const failures: string[] = [];
  let isOver = false;
  const live = async (person: Person) => {
    while (!isOver) {
      const began = performance.now();
      try {
        await person.say("hello");
        said += 1;
      } catch (error) {
        failures.push(String(error));
      }
      took.push(performance.now() - began);
      if (took.length === wanted) report("answered");
      await new Promise((resolve) => setTimeout(resolve, REST));
    }
  };
  const lives = people.map(live);

  return async () => {
    isOver = true;
    await Promise.all(lives);
    for (const person of people) failures.push(...(await whatIsWrong(person)));
    report({ took, failures } satisfies Span);
  };
}

/** Waits until somebody has heard all that was said, and says what is wrong with it. */
async function whatIsWrong(person: Person): Promise<string[]> {
  const deadline = performance.now() + PATIENCE;
  while (person.heard().length < said && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const heard = person.heard();
  const wrong = heard.findIndex((number, index) => number !== (heard[0] ?? 0) + index);
  return [
    ...(heard.length === said ? [] : [`heard ${heard.length} messages of ${said}`]),
    ...(wrong < 0 ? [] : [`heard message ${heard[wrong]} after ${heard[wrong - 1]}`]),
    ...(person.isLost() ? ["lost the connection"] : []),
  ];
}

function report(said: Report): void {
  process.send?.(said);
}
