// Where the tests find what was built.

import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** A program to test instead of the one that is built here. */
export const GIVEN_SERVER = process.env["TAUTLINE_CONFORMANCE_SERVER"];

const BUILT = `${process.env["CARGO_TARGET_DIR"] ?? `${ROOT}target`}/debug`;

/** The program under test. */
export const SERVER = GIVEN_SERVER ?? `${BUILT}/tautline-conformance-server`;

/** The server of the agent chat. */
export const AGENT_CHAT_SERVER = `${BUILT}/agent-chat-server`;

/** The program that breaks links. */
export const FAULT_PROXY = `${BUILT}/tautline-fault-proxy`;

/** Python with the stock client, as `scripts/python-env.sh` makes it. */
export const PYTHON = `${ROOT}.venv/bin/python`;

/** The program that drives the stock Python client. */
export const PYTHON_DRIVER = `${ROOT}clients/conformance/python/driver.py`;

/** The ordinary users beside an attack, as the program that is built of them. */
export const CROWD = `${ROOT}artifacts/crowd/main.js`;
