// Where the tests find what was built.

import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** The program under test, as `cargo build` leaves it. */
export const SERVER = `${process.env["CARGO_TARGET_DIR"] ?? `${ROOT}target`}/debug/agent-chat-server`;

/** The folder of the agents' programs, as `scripts/build-clients.sh` leaves them. */
export const AGENTS = `${ROOT}examples/agent-chat/agents/dist`;

/** The page, built for the tests: React's development build, so that StrictMode runs every effect twice. */
export const PAGE = `${ROOT}artifacts/e2e/agent-chat`;
