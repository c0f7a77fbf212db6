// How much memory a process holds, as Linux counts it.

import { readFile } from "node:fs/promises";

/** The resident memory of a process, in KiB. */
export async function residentKib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}
