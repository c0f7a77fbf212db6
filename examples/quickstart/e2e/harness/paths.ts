// Where the tests find what was built, and where they leave what a person may look at.

import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Pages built for the tests, and screenshots. Not committed. */
export const ARTIFACTS = `${ROOT}artifacts`;

const PROGRAMS = `${process.env["CARGO_TARGET_DIR"] ?? `${ROOT}target`}/debug`;

/** The program under test, as `cargo build` leaves it. */
export const SERVER = `${PROGRAMS}/tautline-quickstart-server`;

/** Serves the same contract where a test wants settings that the quickstart leaves at their defaults. */
export const POLLING_SERVER = `${PROGRAMS}/tautline-conformance-server`;

/** The pages that a server of the tests can serve, and where their sources are. */
export const PAGES = {
  /** The quickstart, with React's development build: StrictMode runs every effect twice. */
  development: { source: "examples/quickstart/web", mode: "development" },
  /** The quickstart as it would be deployed. */
  production: { source: "examples/quickstart/web", mode: "production" },
  /** Two sockets in two effects: what people write without the library. */
  naive: { source: "examples/quickstart/e2e/pages/naive", mode: "development" },
  /** The quickstart's board through a client that may poll. */
  polling: { source: "examples/quickstart/e2e/pages/polling", mode: "development" },
} as const;

/** One of the pages. */
export type PageName = keyof typeof PAGES;

/** The folder in which the server runs, so that it serves that page. */
export const serverFolder = (page: PageName) => `${ARTIFACTS}/e2e/${page}`;

/** Where the server looks for the page, seen from the folder that it runs in. */
export const PAGE_FOLDER = "examples/quickstart/web/dist";
