// Names of rooms: a pattern with its fields filled in, so that no field can forge another room.

/** Fills a pattern: `session:{session_id}` with `{ sessionId: "a b" }` is `session:a%20b`. */
export function roomName(pattern: string, fields: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, field: string) => {
    const key = field.replace(/_(\w)/g, (__, letter: string) => letter.toUpperCase());
    return encodeURIComponent(fields[key] ?? "");
  });
}
