// Pictures for people to look at: light, dark, and in a narrow window.

import { mkdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import { ROOT } from "../../wire/harness/paths.js";

/** Writes what the page shows. */
export async function screenshots(page: Page, name: string): Promise<void> {
  const folder = `${ROOT}artifacts/screenshots`;
  await mkdir(folder, { recursive: true });

  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: `${folder}/${name}-light.png` });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${folder}/${name}-dark.png` });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 720 });
  await page.screenshot({ path: `${folder}/${name}-narrow.png` });
  await page.setViewportSize(size);
}
