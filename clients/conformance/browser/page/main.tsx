// A page of people who talk: it shows what was said, and what of its own is still on its way.

import { createClient } from "@tautline/client";
import { indexedDbOutbox } from "@tautline/client/indexeddb";
import { SocketProvider } from "@tautline/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { contract } from "../../wire/src/generated/index.js";
import { circle } from "./circle.js";
import { Composer } from "./composer.js";
import { ConnectionLine } from "./connection-line.js";
import { Messages } from "./messages.js";
import { Outbox } from "./outbox.js";
import { People } from "./people.js";
import { Readers } from "./readers.js";
import { settings } from "./settings.js";
import { limitStorage } from "./small-storage.js";
import { Tales } from "./tales.js";

if (settings.quota !== undefined) await limitStorage(settings.quota);

const client = createClient({
  url: settings.server,
  contract,
  auth: () => settings.token,
  outbox: indexedDbOutbox({ subject: () => settings.subject }),
  roomStates: [circle],
});

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <SocketProvider client={client}>
      <main>
        <header>
          <h1>{settings.circle.circleId}</h1>
          <ConnectionLine />
        </header>
        <People />
        <Messages />
        <Readers />
        <Outbox />
        <Tales />
        <Composer />
      </main>
    </SocketProvider>
  </StrictMode>,
);
