// Runs once before all attacks: builds the server and its users, and begins the table.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { GIVEN_SERVER, ROOT } from "../../harness/paths.js";
import { buildCrowd } from "./build.js";
import { beginReport } from "./report.js";

/** Vitest calls it before the first file. */
export async function setup(): Promise<void> {
  await buildCrowd();
  if (!GIVEN_SERVER)
    await promisify(execFile)(`${ROOT}scripts/build-servers.sh`, [], { cwd: ROOT });
  beginReport();
}
