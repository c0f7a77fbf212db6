// The browser's word about the network. Not there outside browsers.

/** Listens for the network coming and going, until the returned function is called. */
export function watchNetwork(online: () => void, offline: () => void): () => void {
  const page = globalThis as Partial<Pick<Window, "addEventListener" | "removeEventListener">>;
  page.addEventListener?.("online", online);
  page.addEventListener?.("offline", offline);
  return () => {
    page.removeEventListener?.("online", online);
    page.removeEventListener?.("offline", offline);
  };
}
