// Serves a page and passes what it asks of Socket.IO on to a server, as a reverse proxy does.

import { preview } from "vite";
import { PAGE_FOLDER, type PageName, serverFolder } from "./paths.js";

/** A running front. */
export interface Front {
  /** Where the page is, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `page` in front of the server at `target`, on a free port. */
export async function startFront(page: PageName, target: string): Promise<Front> {
  const front = await preview({
    configFile: false,
    root: serverFolder(page),
    // A server that is stopped is what the tests want, not a fault to report.
    logLevel: "silent",
    build: { outDir: PAGE_FOLDER },
    preview: {
      host: "127.0.0.1",
      port: 0,
      proxy: { "/socket.io": { target, ws: true } },
    },
  });
  const address = front.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the front has no port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => front.close(),
  };
}
