// What has been written here and is not with the server yet, and what can be done about it.

import type { OutboxEntry, Problem } from "@tautline/client";
import { useClient, useConnection, useOutbox } from "@tautline/react";
import { useEffect, useState } from "react";
import type { NewMessage } from "../../wire/src/generated/index.js";

/** Shows it below what has been said, in the order in which it was written. */
export function Outbox() {
  const client = useClient();
  const { entries, isDurable, problem } = useOutbox();
  const isConnected = useConnection().status === "connected";
  const [trouble, setTrouble] = useState<Problem>();
  // One entry that could not be kept, while others can.
  useEffect(() => client.onProblem(setTrouble), [client]);
  const notKept = problem ?? (trouble?.code === "outbox_unavailable" ? trouble : undefined);
  const alert = notKept && <p role="alert">{`${notKept.message} ${notKept.recovery.hint}`}</p>;
  if (entries.length === 0) return alert;
  return (
    <section aria-label="Outbox" className="outbox">
      <ul>
        {entries.map((entry) => (
          <li key={entry.id} data-status={entry.status}>
            <p>{(entry.payload as NewMessage).text}</p>
            <small>{words(entry, isConnected)}</small>
            {entry.status === "failed" ? (
              <span>
                <button type="button" onClick={() => client.outbox.retry(entry.id)}>
                  Try again
                </button>
                <button type="button" onClick={() => client.outbox.discard(entry.id)}>
                  Throw away
                </button>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {alert ?? (
        <p className="quiet">{isDurable ? "Kept on this computer." : "Kept by this page alone."}</p>
      )}
    </section>
  );
}

/** How an entry stands, for people. */
function words({ status, problem }: OutboxEntry, isConnected: boolean): string {
  switch (status) {
    case "storing":
      return "Being kept…";
    case "queued":
      return isConnected ? "Waiting for its turn" : "Waiting for a connection";
    case "sent":
      return "On its way…";
    case "failed":
      return problem ? `Not sent: ${problem.message} ${problem.recovery.hint}` : "Not sent.";
    default:
      return status satisfies never;
  }
}
