// Writes that come while another one is being written go together in the next: each waits for the disk
// once, however many there are.

/** Writes one thing at a time, or many at once. */
export interface Writes<Change> {
  /** Resolves when the change is written. What is written later is written after it. */
  write(change: Change): Promise<void>;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
}

interface Waiting<Change> {
  readonly change: Change;
  done(): void;
  failed(error: unknown): void;
}

/** Groups writes. `commit` writes all of a group or nothing. */
export function groupedWrites<Change>(
  commit: (group: readonly Change[]) => Promise<void>,
): Writes<Change> {
  const waiting: Waiting<Change>[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    // What comes in the same turn is of the same group.
    await Promise.resolve();
    while (waiting.length > 0) await writeGroup(waiting.splice(0));
    writing = undefined;
  }

  async function writeGroup(group: readonly Waiting<Change>[]): Promise<void> {
    try {
      await commit(group.map(({ change }) => change));
      for (const { done } of group) done();
    } catch (error) {
      const [first, ...rest] = group;
      // One that has no room, or cannot be written, must not be the end of all others.
      if (rest.length > 0) for (const one of group) await writeGroup([one]);
      else first?.failed(error);
    }
  }

  return {
    write: (change) =>
      new Promise((done, failed) => {
        waiting.push({ change, done, failed });
        writing ??= writeAll();
      }),
    idle: () => writing ?? Promise.resolve(),
  };
}
