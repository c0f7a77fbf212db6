// The ordinary users beside an attack: they sit in a circle, say something now and then, and hear each other. Some have
// our client and some the stock one; each comes from an address of their own.

import { roomState } from "@tautline/client";
import { okOf, ours, stock, until } from "../../harness/clients.js";
import { sign } from "../../harness/token.js";
import { Chat, type Message } from "../../src/generated/index.js";

/** How long a user rests after an answer, in milliseconds. */
const REST = 80;

/** How long the last message may be on its way before it counts as lost, in milliseconds. */
const PATIENCE = 5_000;

const STOCK = 6;

/** The circle in which they sit. */
export const CIRCLE = "regulars";

/** What was seen of a time in which everybody worked. */
export interface Span {
  /** How long each answer took, in milliseconds. */
  readonly took: readonly number[];
  /** What was not answered as it should. */
  readonly failures: readonly string[];
}

/** The users. */
export interface Crowd {
  /** They begin to talk. */
  talk(): Talk;
}

/** A time in which everybody talks. */
export interface Talk {
  /** Waits until so many answers have come. */
  answered(count: number): Promise<void>;
  /** Ends it, and returns when everybody has heard everything. */
  end(): Promise<Span>;
}

interface Person {
  say(text: string): Promise<unknown>;
  /** The numbers of the messages that they heard. */
  heard(): readonly number[];
  isLost(): boolean;
}

/** Has them sit down. */
export async function gather(url: string): Promise<Crowd> {
  const people = await Promise.all([
    ...Array.from({ length: STOCK }, (_, index) => withStockClient(url, `127.0.1.${index + 1}`)),
    withOurs(url, "ann"),
    withOurs(url, "ben"),
  ]);
  let said = 0;

  return {
    talk() {
      const took: number[] = [];
      const failures: string[] = [];
      let isOver = false;
      let lookAtCount = () => {};
      const run = async (person: Person) => {
        while (!isOver) {
          const began = performance.now();
          try {
            await person.say("hello");
            said += 1;
          } catch (error) {
            failures.push(String(error));
          }
          took.push(performance.now() - began);
          lookAtCount();
          await new Promise((resolve) => setTimeout(resolve, REST));
        }
      };
      const runs = people.map(run);

      return {
        answered: (count) =>
          new Promise((resolve) => {
            lookAtCount = () => {
              if (took.length >= count) resolve();
            };
            lookAtCount();
          }),
        async end() {
          isOver = true;
          await Promise.all(runs);
          for (const person of people) failures.push(...(await whatIsWrong(person, said)));
          return { took, failures };
        },
      };
    },
  };
}

/** Waits until somebody has heard so many messages, and says what is wrong with them. */
async function whatIsWrong(person: Person, said: number): Promise<string[]> {
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

async function withStockClient(url: string, from: string): Promise<Person> {
  const client = await stock(url, "/chat", { token: sign({ sub: `user at ${from}` }) }, from);
  const heard: number[] = [];
  let isLost = false;
  client.lost.then(() => {
    isLost = true;
  });
  okOf(await client.call("join_circle", { circleId: CIRCLE }));
  return {
    heard() {
      for (const [message] of client.arrived("said")) heard.push((message as Message).number);
      return heard;
    },
    isLost: () => isLost,
    say: async (text) => okOf(await client.call("say", { circleId: CIRCLE, text })),
  };
}

const circle = roomState(Chat.rooms.circle, Chat, { said: (state) => state });

async function withOurs(url: string, name: string): Promise<Person> {
  const client = ours(url, { auth: () => sign({ sub: name }), roomStates: [circle] });
  const heard: number[] = [];
  let losses = 0;
  client.on(Chat.events.said, ({ number }) => heard.push(number));
  client.connect();
  await until(client.join(circle, { circleId: CIRCLE }), ({ status }) => status === "joined");
  client.connection.subscribe(() => {
    if (client.connection.getSnapshot().status !== "connected") losses += 1;
  });
  return {
    heard: () => heard,
    isLost: () => losses > 0,
    async say(text) {
      const answer = await client.run(Chat.commands.say, { circleId: CIRCLE, text });
      if (!answer.ok) throw new Error(answer.problem.code);
    },
  };
}
