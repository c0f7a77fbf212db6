// Says over the page that the connection is missing, what that means for whoever writes, and what can be done.

import { Button, Group, Text } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { useClient, useLostConnection, useOutbox } from "@tautline/react";
import { useNow } from "../parts/use-now.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import "./lost-banner.css";

/** Nothing, while the connection is there or will be in a moment. */
export function LostBanner() {
  const lost = useLostConnection();
  const client = useClient();
  if (lost === undefined) return null;
  // Who we are is asked by the sign-in over the page.
  if (lost.status === "failed" && lost.problem?.category === "unauthenticated") return null;
  if (lost.status === "failed" && lost.problem) {
    const isOld = lost.problem.recovery.action === "upgrade_client";
    return (
      <ProblemAlert
        problem={lost.problem}
        actions={
          <Button
            size="xs"
            variant="light"
            onClick={() => (isOld ? window.location.reload() : client.connect())}
          >
            {isOld ? "Reload the page" : "Try again"}
          </Button>
        }
      />
    );
  }
  return (
    <div className="lost-banner" role="status" aria-label="Offline">
      <Group gap="sm" wrap="nowrap">
        <IconCloudOff size={18} aria-hidden />
        <Text size="sm">
          <strong>{lost.problem?.message ?? "Connecting takes long."}</strong>{" "}
          {lost.problem?.recovery.hint} <Waiting />
        </Text>
      </Group>
      <Group gap="xs" wrap="nowrap">
        {lost.retryAt !== undefined && <Countdown to={lost.retryAt} />}
        <Button size="compact-sm" variant="white" color="dark" onClick={client.connect}>
          Try now
        </Button>
      </Group>
    </div>
  );
}

/** What becomes of what is written meanwhile. */
function Waiting() {
  const count = useOutbox(
    ({ entries }) => entries.filter(({ status }) => status !== "failed").length,
  );
  if (count === 0) return "What you write is kept and sent when you are back.";
  return `${count} ${count === 1 ? "thing waits" : "things wait"} to be sent.`;
}

function Countdown({ to }: { to: number }) {
  const seconds = Math.ceil((to - useNow(1_000)) / 1_000);
  return (
    // Not for screen readers: they would read every second.
    <Text size="xs" aria-hidden visibleFrom="xs">
      {seconds > 0 ? `Again in ${seconds} s` : "Trying …"}
    </Text>
  );
}
