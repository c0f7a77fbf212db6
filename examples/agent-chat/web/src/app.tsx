// The whole page: who is signed in, the one connection, and where to go.

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { type Client, SocketProvider } from "@tautline/react";
import { useState } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { ChatSession } from "./chat/chat-session.js";
import { Dashboard } from "./dashboard/dashboard.js";
import type { IdentityStore } from "./identity/identity.js";
import { IdentityProvider, useIdentity } from "./identity/identity-context.js";
import { SignInAgain } from "./identity/sign-in-again.js";
import { SignInPage } from "./identity/sign-in-page.js";
import { ProblemNotices } from "./problems/problem-notices.js";
import { Shell } from "./shell/shell.js";
import { FailedSendsProvider } from "./state/failed-sends-context.js";
import { theme } from "./theme.js";

interface AppProps {
  readonly identity: IdentityStore;
  /** Makes the client of whoever is signed in. */
  readonly makeClient: () => Client;
  /** Tests have no transitions to wait for. */
  readonly env?: "test";
}

/** The page, from the sign-in on. */
export function App({ identity, makeClient, env }: AppProps) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" env={env}>
      <Notifications position="bottom-right" limit={4} />
      <IdentityProvider store={identity}>
        <BrowserRouter>
          <Gate makeClient={makeClient} />
        </BrowserRouter>
      </IdentityProvider>
    </MantineProvider>
  );
}

/** Nobody comes further without a sign-in. The address stays as it is: after the sign-in it is where one was. */
function Gate({ makeClient }: Pick<AppProps, "makeClient">) {
  const subject = useIdentity()?.subject;
  if (subject === undefined) return <SignInPage />;
  // Somebody else gets a connection of their own, and sees nothing of who was here before.
  return <SignedIn key={subject} makeClient={makeClient} />;
}

function SignedIn({ makeClient }: Pick<AppProps, "makeClient">) {
  const [client] = useState(makeClient);
  return (
    <SocketProvider client={client}>
      <FailedSendsProvider>
        <SignInAgain />
        <ProblemNotices />
        <Routes>
          <Route element={<Shell />}>
            <Route index element={<Dashboard />} />
            <Route path="tasks/:taskId" element={<Dashboard />} />
            <Route path="sessions/:sessionId" element={<ChatSession />} />
            <Route path="*" element={<Navigate to="/" replace />} />
          </Route>
        </Routes>
      </FailedSendsProvider>
    </SocketProvider>
  );
}
