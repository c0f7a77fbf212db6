// Runs once before all test files: builds the server under test, the values to send it, and the environment of the
// stock Python client.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { GIVEN_SERVER, ROOT } from "./paths.js";

const run = (script: string) => promisify(execFile)(`${ROOT}scripts/${script}`, [], { cwd: ROOT });

/** Vitest calls it before the first file. */
export async function setup(): Promise<void> {
  await Promise.all([
    GIVEN_SERVER ? undefined : run("build-servers.sh"),
    run("fixtures.sh"),
    run("python-env.sh"),
  ]);
}
