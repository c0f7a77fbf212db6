// How far a message has got, as a tick.

import {
  IconAlertCircle,
  IconCheck,
  IconChecks,
  IconClock,
  type IconProps,
  IconRefresh,
} from "@tabler/icons-react";
import type { MessageStatus } from "@tautline/agent-chat";
import type { ComponentType } from "react";
import { STATUS_LABEL } from "../state/message-status.js";

const ICONS: Readonly<Record<MessageStatus, ComponentType<IconProps>>> = {
  pending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
  retrying: IconRefresh,
};

/** The tick beside a message of one's own. */
export function StatusTick({ status }: { status: MessageStatus }) {
  const Icon = ICONS[status];
  const label = STATUS_LABEL[status];
  return (
    <span className="message-tick" data-status={status} role="img" aria-label={label} title={label}>
      <Icon size={15} stroke={2} aria-hidden />
    </span>
  );
}
