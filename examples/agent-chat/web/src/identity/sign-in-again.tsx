// A sign-in over the page, when the server takes the token no longer. What is under it stays: whoever signs in again is
// where they were, with what they had written.

import { Modal, Stack } from "@mantine/core";
import { useClient, useConnection } from "@tautline/react";
import { ProblemAlert } from "../problems/problem-alert.js";
import type { Identity } from "./identity.js";
import { useIdentityStore, useSubject } from "./identity-context.js";
import { SignInForm } from "./sign-in-form.js";

/** Shown while the connection has failed because of who we are. */
export function SignInAgain() {
  const client = useClient();
  const identity = useIdentityStore();
  const subject = useSubject();
  const refusal = useConnection(({ status, problem }) =>
    status === "failed" && problem?.category === "unauthenticated" ? problem : undefined,
  );

  function goOn(next: Identity) {
    // Somebody else begins with a client of their own: the page is made anew for them.
    if (next.subject !== subject) client.close();
    identity.set(next);
    if (next.subject === subject) client.connect();
  }

  return (
    <Modal
      opened={refusal !== undefined}
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Sign in again"
      overlayProps={{ blur: 4, backgroundOpacity: 0.4 }}
    >
      <Stack gap="md">
        {refusal && <ProblemAlert problem={refusal} />}
        <SignInForm onDone={goOn} />
      </Stack>
    </Modal>
  );
}
