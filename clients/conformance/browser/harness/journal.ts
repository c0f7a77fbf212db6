// Where a server keeps what must outlive it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { atEnd } from "../../wire/harness/clients.js";

/** A file for a journal. It is gone when the test is over. */
export async function journal(): Promise<string> {
  const folder = await mkdtemp(`${tmpdir()}/tautline-journal-`);
  atEnd(() => rm(folder, { recursive: true }));
  return `${folder}/journal.db`;
}
