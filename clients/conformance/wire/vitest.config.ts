import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests that measure, or fill the links: one file after the other, so that none disturbs them. */
const ALONE = [
  "tests/order/**/*.test.ts",
  "tests/faults/delivery.test.ts",
  "tests/faults/stalled-member.test.ts",
];
const ALL = ["tests/**/*.test.ts"];

export default defineConfig({
  resolve: {
    // The client's sources, so that a change there needs no build to be tested here.
    alias: [
      {
        find: /^@tautline\/client$/,
        replacement: fileURLToPath(new URL("../../typescript/src/index.ts", import.meta.url)),
      },
      {
        find: /^@tautline\/client\/words$/,
        replacement: fileURLToPath(new URL("../../typescript/src/words.ts", import.meta.url)),
      },
      {
        find: /^@tautline\/client\/indexeddb$/,
        replacement: fileURLToPath(new URL("../../typescript/src/indexeddb.ts", import.meta.url)),
      },
    ],
  },
  test: {
    globalSetup: ["harness/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      // The others wait more than they work: for leases, heartbeats and what a proxy holds back.
      {
        extends: true,
        test: {
          name: "together",
          include: ALL,
          exclude: ALONE,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
