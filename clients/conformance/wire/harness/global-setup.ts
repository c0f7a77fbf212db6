// Runs once before all test files: builds the server under test, and the environment of the stock Python client.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "./paths.js";

const run = promisify(execFile);

/** Vitest calls it before the first file. */
export async function setup(): Promise<void> {
  await Promise.all([
    run("cargo", ["build", "--quiet", "--package", "tautline-conformance-server"], { cwd: ROOT }),
    run(`${ROOT}scripts/python-env.sh`, [], { cwd: ROOT }),
  ]);
}
