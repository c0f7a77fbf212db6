// How large a payload is on the wire, measured before it is sent: a frame over the server's limit
// would close the connection for everything else on it.

/** A payload as it will travel. */
export interface Measured {
  readonly bytes: number;
  /** A copy that later changes of the app's object do not reach. */
  readonly payload: unknown;
}

/** Measures a payload. Throws what `JSON.stringify` throws on what cannot travel. */
export function measure(payload: unknown): Measured {
  let attached = 0;
  const json = JSON.stringify(payload, (_key, value: unknown) => {
    // Bytes travel beside the JSON as an attachment.
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      attached += value.byteLength;
      return 0;
    }
    return value;
  });
  const bytes = new TextEncoder().encode(json).length + attached;
  return { bytes, payload: attached > 0 ? payload : JSON.parse(json) };
}
