// What the page's address says: where the server is, whose page it is, and which circle it shows.

const query = new URLSearchParams(location.search);

/** What a test wants of the page. It stays in the address, so that a reload finds it again. */
export const settings = {
  /** The server's origin. The page has another one: it can be loaded while the server is away. */
  server: query.get("server") ?? "",
  /** Says who is looking. */
  token: query.get("token") ?? undefined,
  /** The same in a word, if the page knows it before the server has said anything. */
  subject: query.get("subject") ?? undefined,
  /** The room. */
  circle: { circleId: query.get("circle") ?? "lobby" },
  /** How many bytes of storage the page may use, if there is a limit. */
  quota: query.has("quota") ? Number(query.get("quota")) : undefined,
};
