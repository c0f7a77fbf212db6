// Gives the page's IndexedDB a quota, which the browser enforces as it would that of a full disk.

interface Bucket {
  readonly indexedDB: IDBFactory;
}

/** What TypeScript does not know of the Storage API yet. */
interface Buckets {
  open(name: string, options: { readonly quota: number }): Promise<Bucket>;
}

/** From now on `indexedDB` is that of a bucket of so many bytes. */
export async function limitStorage(quota: number): Promise<void> {
  const { storageBuckets } = navigator as unknown as { readonly storageBuckets: Buckets };
  const { indexedDB } = await storageBuckets.open(`small-${quota}`, { quota });
  Object.defineProperty(globalThis, "indexedDB", { value: indexedDB });
}
