// What whoever is not signed in sees.

import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import { Logo } from "../parts/logo.js";
import { useIdentityStore } from "./identity-context.js";
import "./sign-in-page.css";
import { SignInForm } from "./sign-in-form.js";

/** The first page. */
export function SignInPage() {
  const identity = useIdentityStore();
  return (
    <Center component="main" className="sign-in">
      <title>Sign in · Agent chat</title>
      <Paper className="sign-in-card" p="xl" radius="lg" withBorder>
        <Stack gap="lg">
          <Stack gap={6} align="center" ta="center">
            <Logo size={44} />
            <Title order={1} fz={24} mt="xs">
              Sign in to Agent chat
            </Title>
            <Text c="dimmed" size="sm">
              Conversations of people and agents, and the tasks that come of them.
            </Text>
          </Stack>
          <SignInForm onDone={identity.set} />
        </Stack>
      </Paper>
    </Center>
  );
}
