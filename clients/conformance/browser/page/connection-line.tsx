// The line that says how the connection stands, and who is looking.

import type { ConnectionStatus } from "@tautline/client";
import { useConnection } from "@tautline/react";
import { useSelf } from "./use-self.js";

const WORDS: Record<ConnectionStatus, string> = {
  idle: "Not connected",
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "No connection",
  disconnected: "Not connected",
  failed: "Not connected",
};

/** Shows both, in words. */
export function ConnectionLine() {
  const { status, problem } = useConnection();
  const self = useSelf();
  return (
    <>
      <p className="line">
        <output data-status={status}>{WORDS[status]}</output>
        {self === undefined ? null : (
          <span>
            as <b>{self}</b>
          </span>
        )}
      </p>
      {status === "failed" && problem ? (
        <p role="alert">{`${problem.message} ${problem.recovery.hint}`}</p>
      ) : null}
    </>
  );
}
