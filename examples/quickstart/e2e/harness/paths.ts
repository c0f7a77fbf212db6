// Where the tests find what was built, and where they leave what a person may look at.

import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Pages built for the tests, and screenshots. Not committed. */
export const ARTIFACTS = `${ROOT}artifacts`;

/** The program under test, as `cargo build` leaves it. */
export const SERVER = `${process.env["CARGO_TARGET_DIR"] ?? `${ROOT}target`}/debug/tautline-quickstart-server`;

/** How a page was built: with React's development build StrictMode runs every effect twice. */
export type PageBuild = "development" | "production";

/** The folder in which the server runs, so that it serves that build of the page. */
export const serverFolder = (build: PageBuild) => `${ARTIFACTS}/e2e/${build}`;

/** Where the server looks for the page, seen from the folder that it runs in. */
export const PAGE_FOLDER = "examples/quickstart/web/dist";
