// A word on the connection in the head of the page. While all is well, or mends itself in a moment, there is none.

import { Badge, Loader } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useLostConnection } from "@tautline/react";

/** Says that the connection is missing. */
export function ConnectionPill() {
  const lost = useLostConnection();
  if (lost === undefined) return null;
  const isTrying = lost.status !== "failed";
  return (
    <Badge
      variant="light"
      size="lg"
      color={isTrying ? "yellow" : "red"}
      tt="none"
      fw={550}
      leftSection={
        isTrying ? (
          <Loader size={12} color="yellow" aria-hidden />
        ) : (
          <IconPlugConnectedX size={14} aria-hidden />
        )
      }
    >
      {isTrying ? (lost.status === "connecting" ? "Connecting" : "Reconnecting") : "Disconnected"}
    </Badge>
  );
}
