// How far the others have read.

import { useEvent, useReceipts } from "@tautline/react";
import { useState } from "react";
import { Chat } from "../../wire/src/generated/index.js";
import { settings } from "./settings.js";
import { useSelf } from "./use-self.js";

/** Says who has the newest message, and who has read it. */
export function Readers() {
  const self = useSelf();
  const receipts = useReceipts(Chat.rooms.circle, settings.circle);
  const [newest, setNewest] = useState<number>();
  useEvent(Chat.events.said, (_, { seq }) => setNewest(seq));
  if (newest === undefined) return null;

  const others = Object.entries(receipts).filter(([subject]) => subject !== self);
  const read = others.filter(([, receipt]) => receipt.read >= newest);
  const have = others.filter(([, { delivered, read }]) => delivered >= newest && read < newest);
  return (
    <p className="readers">
      {read.length > 0 ? <span>Read by {names(read)}</span> : null}
      {have.length > 0 ? <span>Delivered to {names(have)}</span> : null}
    </p>
  );
}

const names = (entries: readonly (readonly [string, unknown])[]) =>
  entries.map(([subject]) => subject).join(", ");
