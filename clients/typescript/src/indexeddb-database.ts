// One database in the browser: opened, written in transactions that are on disk when they are complete,
// and given up when somebody else needs it gone.

import { localProblem } from "./local-problems.js";
import { type LibraryProblem, ProblemError } from "./problem.js";

/** A place for rows, and one for notes. */
export interface Database {
  /** Runs `work` in one transaction; resolves when it is complete. */
  transact<T>(mode: "readonly" | "readwrite", work: (stores: Stores) => Promise<T> | T): Promise<T>;
  close(): void;
}

/** The stores of a transaction. */
export interface Stores {
  /** Rows under numbers that grow: their order is the order in which they were added. */
  readonly rows: IDBObjectStore;
  /** Single values by name. */
  readonly notes: IDBObjectStore;
}

/** Why a database is of no use. */
export type Reason =
  /** There is none in this browser, or no locks; or not on a page of this origin. */
  | "unsupported"
  /** Another page has it open in a way that cannot be shared. */
  | "blocked"
  /** A newer version of the app has changed it. */
  | "newer_version"
  /** The device has no room for more. */
  | "quota"
  /** It is gone, and what was in it. */
  | "erased"
  /** The browser has closed it. */
  | "closed"
  /** It did not answer in time. */
  | "timed_out"
  | "failed";

const VERSION = 1;

/** Opens the database of that name. `lost` is told when it is taken from us. */
export function openDatabase(name: string, lost: (reason: Reason) => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION);
    let isGivenUp = false;
    const giveUp = (error: ProblemError) => {
      isGivenUp = true;
      reject(error);
    };
    request.onupgradeneeded = () => {
      request.result.createObjectStore("rows", { autoIncrement: true });
      request.result.createObjectStore("notes");
    };
    request.onblocked = () => giveUp(unavailable("blocked"));
    request.onerror = () => giveUp(explain(request.error));
    request.onsuccess = () => {
      const db = request.result;
      // It came too late: whoever waited for it has gone on without it.
      if (isGivenUp) db.close();
      else resolve(database(db, lost));
    };
  });
}

function database(db: IDBDatabase, lost: (reason: Reason) => void): Database {
  db.onversionchange = ({ newVersion }) => {
    // Whoever deletes or changes it waits for us.
    db.close();
    lost(newVersion === null ? "erased" : "newer_version");
  };
  db.onclose = () => lost("closed");
  return {
    transact: (mode, work) =>
      new Promise((resolve, reject) => {
        // "strict": complete means that it survives a loss of power, not only one of the page.
        const tx = db.transaction(["rows", "notes"], mode, { durability: "strict" });
        const stores = { rows: tx.objectStore("rows"), notes: tx.objectStore("notes") };
        // `async`: a request that throws at once must undo the ones before it as well.
        const worked = (async () => work(stores))();
        tx.oncomplete = () => worked.then(resolve, reject);
        let cause: unknown;
        tx.onabort = () => reject(explain(tx.error ?? cause));
        worked.catch((error: unknown) => {
          cause = error;
          try {
            tx.abort();
          } catch {
            // It has ended by itself, because of the request that failed.
          }
        });
      }),
    close: () => db.close(),
  };
}

/** The result of a request, without leaving its transaction. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The problem of a database that is of no use. */
export function unavailable(reason: Reason): ProblemError<LibraryProblem> {
  return new ProblemError(localProblem("outbox_unavailable", { params: { reason } }));
}

/** What a browser's error means. */
export function explain(error: unknown): ProblemError<LibraryProblem> {
  const problem = unavailable(REASONS[(error as Error | null)?.name ?? ""] ?? "failed");
  problem.cause = error;
  return problem;
}

const REASONS: Readonly<Record<string, Reason>> = {
  QuotaExceededError: "quota",
  VersionError: "newer_version",
  SecurityError: "unsupported",
  ReferenceError: "unsupported",
  TypeError: "unsupported",
  InvalidStateError: "closed",
};
