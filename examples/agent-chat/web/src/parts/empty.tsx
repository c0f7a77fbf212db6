// What stands where there is nothing yet.

import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { IconProps } from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";

interface EmptyProps {
  readonly icon: ComponentType<IconProps>;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** An empty place, with a word on how to fill it. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <Stack align="center" justify="center" gap={6} p="xl" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light" color="gray" mb={4}>
        <Icon size={26} stroke={1.5} aria-hidden />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text c="dimmed" size="sm" maw={360}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}
