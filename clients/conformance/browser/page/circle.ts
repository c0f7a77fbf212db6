// The state of a circle: what the join answers, and each event after it.

import { roomState } from "@tautline/client";
import { Chat } from "../../wire/src/generated/index.js";

/** What has been said, in order. */
export const circle = roomState(Chat.rooms.circle, Chat, {
  // What was said during the join is in the state and comes as an event, too.
  said: (state, message) =>
    state.messages.some(({ number }) => number === message.number)
      ? state
      : { messages: [...state.messages, message] },
});
