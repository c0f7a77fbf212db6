// Who is in the circle, and what they are doing.

import { usePresence } from "@tautline/react";
import { Chat } from "../../wire/src/generated/index.js";
import { settings } from "./settings.js";
import { useSelf } from "./use-self.js";

/** Shows everybody, and whether that is how it is now. */
export function People() {
  const self = useSelf();
  const { members, isLive } = usePresence(Chat.rooms.circle, settings.circle);
  if (members.length === 0) return null;
  return (
    <section aria-label="People" className="people" data-live={isLive}>
      <ul>
        {members.map(({ subject, state }) => (
          <li key={subject} data-writing={state?.isWriting ?? false}>
            {subject}
            {subject === self ? " (you)" : ""}
            {state?.isWriting ? <small> writes…</small> : null}
          </li>
        ))}
      </ul>
      {isLive ? null : <small>when we last heard</small>}
    </section>
  );
}
