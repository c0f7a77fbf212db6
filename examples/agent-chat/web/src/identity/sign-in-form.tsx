// Asks who somebody is.

import { Avatar, Button, Divider, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconArrowRight } from "@tabler/icons-react";
import type { Problem } from "@tautline/react";
import { useState } from "react";
import { colorOf } from "../parts/who.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import { nameOf } from "../state/words.js";
import type { Identity } from "./identity.js";
import { requestSignIn } from "./sign-in-request.js";

/** People of the example, who take part in its first conversations. */
const KNOWN = ["ann", "ben"];

/** Two people to be at once, or a name of one's own. */
export function SignInForm({ onDone }: { onDone: (identity: Identity) => void }) {
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const form = useForm({
    initialValues: { name: "" },
    validate: { name: (name) => (name.trim() === "" ? "Write a name first." : null) },
  });

  async function signIn(name: string) {
    setBusy(name);
    setProblem(undefined);
    const result = await requestSignIn(name);
    setBusy(undefined);
    if (result.ok) onDone(result.value);
    else if (result.problem.category === "invalid") {
      form.setFieldError("name", `${result.problem.message} ${result.problem.recovery.hint}`);
    } else setProblem(result.problem);
  }

  return (
    <Stack gap="sm">
      {problem && <ProblemAlert problem={problem} onClose={() => setProblem(undefined)} />}
      {KNOWN.map((name) => (
        <Button
          key={name}
          size="md"
          variant="default"
          justify="flex-start"
          styles={{ label: { flex: 1 } }}
          leftSection={<Avatar name={nameOf(name)} color={colorOf(name)} size={26} aria-hidden />}
          rightSection={<IconArrowRight size={16} aria-hidden />}
          loading={busy === name}
          disabled={busy !== undefined && busy !== name}
          onClick={() => void signIn(name)}
        >
          Continue as {nameOf(name)}
        </Button>
      ))}
      <Divider label="or under your own name" my={4} />
      <form
        noValidate
        onSubmit={form.onSubmit(({ name }) => void signIn(name.trim().toLowerCase()))}
      >
        <Stack gap="sm">
          <TextInput
            label="Your name"
            placeholder="carla"
            autoComplete="username"
            maxLength={60}
            {...form.getInputProps("name")}
          />
          <Button
            type="submit"
            size="md"
            loading={busy !== undefined && !KNOWN.includes(busy)}
            disabled={busy !== undefined && KNOWN.includes(busy)}
          >
            Sign in
          </Button>
        </Stack>
      </form>
    </Stack>
  );
}
