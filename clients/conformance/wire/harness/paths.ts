// Where the tests find what was built.

import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** The program under test, as `cargo build` leaves it. */
export const SERVER = `${process.env["CARGO_TARGET_DIR"] ?? `${ROOT}target`}/debug/tautline-conformance-server`;

/** Python with the stock client, as `scripts/python-env.sh` makes it. */
export const PYTHON = `${ROOT}.venv/bin/python`;

/** The program that drives the stock Python client. */
export const PYTHON_DRIVER = `${ROOT}clients/conformance/python/driver.py`;
