// Puts the page into the document.

import "@fontsource-variable/inter";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { createAppClient } from "./client.js";
import { createIdentityStore } from "./identity/identity.js";

const identity = createIdentityStore(window.sessionStorage);
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no element #root");

createRoot(root).render(
  <StrictMode>
    <App identity={identity} makeClient={() => createAppClient(identity)} />
  </StrictMode>,
);
