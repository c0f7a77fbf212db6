// A form over the page: its fields, what is wrong, and two buttons.

import { Button, Group, Stack } from "@mantine/core";
import type { Problem } from "@tautline/react";
import type { FormEvent, ReactNode } from "react";
import { ProblemAlert } from "./problem-alert.js";

interface ProblemFormProps {
  readonly problem: Problem | undefined;
  /** Words that belong to no field of the form. */
  readonly details?: readonly string[];
  readonly isBusy: boolean;
  /** What the button says. */
  readonly verb: string;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** Leaves the check of its fields to the contract: the browser has no say in it. */
export function ProblemForm(props: ProblemFormProps) {
  const { problem, details = [], isBusy, verb, onSubmit, onCancel, children } = props;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(event);
      }}
    >
      <Stack gap="md">
        {problem && <ProblemAlert problem={problem} details={details} />}
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
