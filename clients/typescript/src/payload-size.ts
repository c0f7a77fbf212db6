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
  let attachments = 0;
  let attached = 0;
  const json = JSON.stringify(payload, function (this: Record<string, unknown>, key, value) {
    // The holder's own value: a `Buffer` of Node has turned itself into plain JSON by now.
    const own = this[key];
    if (own instanceof ArrayBuffer || ArrayBuffer.isView(own)) {
      // Bytes travel beside the JSON as an attachment.
      attachments += 1;
      attached += own.byteLength;
      return 0;
    }
    return value as unknown;
  });
  const bytes = new TextEncoder().encode(json).length + attached;
  return { bytes, payload: attachments > 0 ? payload : JSON.parse(json) };
}
