// The ordinary users beside an attack: some have our client and some the stock one, and each comes from an address of
// their own.

import { createClient, roomState } from "@tautline/client";
import { sign } from "../../harness/token.js";
import { Chat, contract, type Message } from "../../src/generated/index.js";
import { javascript } from "../../stock/javascript.js";
import { CIRCLE } from "./protocol.js";

/** One of them. */
export interface Person {
  /** Says something; rejects if that is refused. */
  say(text: string): Promise<unknown>;
  /** The numbers of the messages that they heard. */
  heard(): readonly number[];
  isLost(): boolean;
}

/** Somebody with the stock client. */
export async function withStockClient(url: string, from: string): Promise<Person> {
  const auth = { token: sign({ sub: `user at ${from}` }) };
  const client = await javascript({ url, namespace: "/chat", transport: "websocket", auth, from });
  const heard: number[] = [];
  let isLost = false;
  client.lost.then(() => {
    isLost = true;
  });
  const call = async (event: string, payload: object) => {
    const answer = (await client.call(event, payload)) as object;
    if (!("ok" in answer)) throw new Error(`${event}: ${JSON.stringify(answer)}`);
  };
  await call("join_circle", { circleId: CIRCLE });
  return {
    heard() {
      for (const [message] of client.arrived("said")) heard.push((message as Message).number);
      return heard;
    },
    isLost: () => isLost,
    say: (text) => call("say", { circleId: CIRCLE, text }),
  };
}

const circle = roomState(Chat.rooms.circle, Chat, { said: (state) => state });

/** Somebody with ours. */
export async function withOurs(url: string, name: string): Promise<Person> {
  const auth = () => sign({ sub: name });
  const client = createClient({ url, contract, logger: false, auth, roomStates: [circle] });
  const heard: number[] = [];
  let losses = 0;
  client.on(Chat.events.said, ({ number }) => heard.push(number));
  client.connect();
  const room = client.join(circle, { circleId: CIRCLE });
  await new Promise<void>((resolve) => {
    const look = () => room.getSnapshot().status === "joined" && resolve();
    room.subscribe(look);
    look();
  });
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
