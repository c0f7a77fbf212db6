// Tales that are told in the circle, while they are told.

import { useStreams } from "@tautline/react";
import { Chat } from "../../wire/src/generated/index.js";
import { settings } from "./settings.js";

/** Shows each with its text so far, and how it ended. */
export function Tales() {
  const tales = useStreams(Chat.streams.tale, settings.circle);
  if (tales.length === 0) return null;
  return (
    <section aria-label="Tales" className="tales">
      {tales.map((tale) => (
        <article key={tale.id} data-status={tale.status} aria-label={tale.payload.title}>
          <h2>{tale.payload.title}</h2>
          <p>{tale.status === "finished" ? tale.answer.text : tale.text}</p>
          {tale.status === "open" ? <small>to be continued…</small> : null}
          {tale.status === "finished" ? <small>the end</small> : null}
          {tale.status === "cancelled" ? <small>broken off</small> : null}
          {tale.status === "failed" ? <small>{tale.problem.message}</small> : null}
        </article>
      ))}
    </section>
  );
}
