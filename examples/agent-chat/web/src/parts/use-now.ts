// Lets words like "5 min. ago" grow old while nobody touches the page.

import { useInterval } from "@mantine/hooks";
import { useState } from "react";

/** The time now, again and again. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), everyMs, { autoInvoke: true });
  return now;
}
