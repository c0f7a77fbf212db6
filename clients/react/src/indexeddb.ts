// The outbox on the browser's disk, for a page that takes everything from this package.

// biome-ignore lint/performance/noReExportAll: one thing, under another name.
export * from "@tautline/client/indexeddb";
