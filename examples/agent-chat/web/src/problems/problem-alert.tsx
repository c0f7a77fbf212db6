// Shows a problem in its own words, with its hint.

import { Alert, Button, Group, Text } from "@mantine/core";
import {
  IconAlertCircle,
  IconAlertTriangle,
  IconInfoCircle,
  type IconProps,
} from "@tabler/icons-react";
import type { Problem, Severity } from "@tautline/react";
import type { ComponentType, ReactNode } from "react";

const LOOKS: Readonly<Record<Severity, { color: string; Icon: ComponentType<IconProps> }>> = {
  info: { color: "blue", Icon: IconInfoCircle },
  warning: { color: "yellow", Icon: IconAlertTriangle },
  error: { color: "red", Icon: IconAlertCircle },
  critical: { color: "red", Icon: IconAlertCircle },
};

/** How a severity looks. */
export function severityLooks(severity: Severity) {
  return LOOKS[severity];
}

interface ProblemAlertProps {
  readonly problem: Problem;
  /** Words that belong to no field of the form. */
  readonly details?: readonly string[];
  readonly onRetry?: () => void;
  readonly onClose?: () => void;
  readonly actions?: ReactNode;
}

/** A problem where it happened. */
export function ProblemAlert({
  problem,
  details = [],
  onRetry,
  onClose,
  actions,
}: ProblemAlertProps) {
  const { color, Icon } = severityLooks(problem.severity);
  return (
    <Alert
      role="alert"
      variant="light"
      color={color}
      icon={<Icon size={18} aria-hidden />}
      title={problem.message}
      withCloseButton={onClose !== undefined}
      onClose={onClose}
      closeButtonLabel="Dismiss"
    >
      {problem.recovery.hint && <Text size="sm">{problem.recovery.hint}</Text>}
      {details.map((words) => (
        <Text key={words} size="sm">
          {words}
        </Text>
      ))}
      {(onRetry || actions) && (
        <Group gap="xs" mt="xs">
          {onRetry && (
            <Button size="xs" variant="light" color={color} onClick={onRetry}>
              Try again
            </Button>
          )}
          {actions}
        </Group>
      )}
      {problem.category === "internal" && problem.traceId && (
        <Text size="xs" c="dimmed" mt={4}>
          Reference: {problem.traceId}
        </Text>
      )}
    </Alert>
  );
}
