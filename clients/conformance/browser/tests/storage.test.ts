// The computer has no room for what waits, or no place at all: the person is told, and nothing is lost in silence.

import { expect, it } from "vitest";
import { computer } from "../harness/person.js";
import { screenshots } from "../harness/screenshots.js";
import { startServer } from "../harness/server.js";
import {
  alert,
  outbox,
  say,
  texts,
  waitForEmptyOutbox,
  waitForEntry,
  waitForMessage,
  waitForStatus,
} from "../harness/talk.js";

const WORDS =
  "What waits to be sent cannot be saved on this device. Keep this page open until it is sent.";

it("a full disk is told in words, and the page sends what it could not keep", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const page = await anna.open({ as: "anna", circle: "larder", quota: 1 });
  await waitForStatus(page, "connected");

  await anna.goOffline();
  await say(page, "no room for this");
  await waitForEntry(page, "no room for this", "queued");
  await alert(page).waitFor();
  expect(await alert(page).textContent()).toBe(WORDS);
  await screenshots(page, "disk-full");
  await anna.goOnline();
  await waitForMessage(page, "no room for this");
  await waitForEmptyOutbox(page);

  expect(await texts(page)).toEqual(["no room for this"]);
});

it("a page whose storage fills up keeps what was there before", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const page = await anna.open({ as: "anna", circle: "larder", quota: 1_000_000 });
  await waitForStatus(page, "connected");
  await anna.goOffline();
  await say(page, "there was room for this");
  await waitForEntry(page, "there was room for this", "queued");
  expect(await alert(page).count()).toBe(0);

  await page.evaluate(fill);
  await say(page, "and none for this");
  await waitForEntry(page, "and none for this", "queued");
  await alert(page).waitFor();
  expect(await alert(page).textContent()).toBe(WORDS);
  await page.reload();
  await alert(page).waitFor();
  await page.evaluate(empty);
  await page.reload();
  await waitForEntry(page, "there was room for this", "queued");
  expect(await outbox(page).count()).toBe(1);
  await anna.goOnline();
  await waitForMessage(page, "there was room for this");
  await waitForEmptyOutbox(page);

  expect(await texts(page)).toEqual(["there was room for this"]);
});

it("a browser that keeps nothing says so, and sends what was written while the page is open", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const page = await anna.open({ as: "anna", circle: "larder", hasStorage: false });
  await waitForStatus(page, "connected");

  await anna.goOffline();
  await say(page, "in memory");
  await waitForEntry(page, "in memory", "queued");
  expect(await alert(page).textContent()).toBe(WORDS);
  await anna.goOnline();
  await waitForMessage(page, "in memory");
  await waitForEmptyOutbox(page);

  expect(await texts(page)).toEqual(["in memory"]);
});

/** Fills what is left of the storage. Runs in the page. */
async function fill(): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open("ballast");
    opening.onupgradeneeded = () =>
      opening.result.createObjectStore("ballast", { autoIncrement: true });
    opening.onsuccess = () => resolve(opening.result);
  });
  for (let size = 512 * 1024; size >= 1; size /= 2) {
    let isFull = false;
    while (!isFull) {
      isFull = await new Promise((resolve) => {
        const write = database.transaction("ballast", "readwrite");
        const bytes = new Uint8Array(size);
        // What is random cannot be compressed.
        for (let at = 0; at < size; at += 65_536)
          crypto.getRandomValues(bytes.subarray(at, at + 65_536));
        write.objectStore("ballast").add(bytes);
        write.oncomplete = () => resolve(false);
        write.onabort = () => resolve(true);
      });
    }
  }
  database.close();
}

/** Makes room again. Runs in the page. */
async function empty(): Promise<void> {
  await new Promise((resolve) => {
    indexedDB.deleteDatabase("ballast").onsuccess = resolve;
  });
}
