// What has been said.

import { useRoomState } from "@tautline/react";
import { circle } from "./circle.js";
import { settings } from "./settings.js";
import { useSelf } from "./use-self.js";

/** Shows it, oldest first. */
export function Messages() {
  const self = useSelf();
  const { state, problem } = useRoomState(circle, settings.circle);
  if (problem) return <p role="alert">{`${problem.message} ${problem.recovery.hint}`}</p>;
  if (!state) return <p className="quiet">The circle is not here yet.</p>;
  if (state.messages.length === 0) return <p className="quiet">Nobody has said anything.</p>;
  return (
    <ol aria-label="Messages" className="messages">
      {state.messages.map(({ number, author, text }) => (
        <li key={number} data-mine={author === self}>
          <cite>{author}</cite>
          <p>{text}</p>
        </li>
      ))}
    </ol>
  );
}
