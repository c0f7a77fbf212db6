// A page that allows polling, by `?transports=polling,websocket`. Its tokens come from `?tokens=first,second`: each time
// that the client asks for one it gets the next, and the last for ever.

import { createClient, roomState } from "@tautline/client";
import { Boards, contract } from "../../../web/src/generated/index.js";

const query = new URLSearchParams(location.search);
const transports = list("transports").filter((it) => it === "polling" || it === "websocket");
const tokens = list("tokens");

const board = roomState(Boards.rooms.board, Boards, {
  cardAdded: (state, { title }) => ({ cards: [...state.cards, title] }),
});
const client = createClient({
  url: "",
  contract,
  transports,
  roomStates: [board],
  auth: () => (tokens.length > 1 ? tokens.shift() : tokens[0]),
});

const room = client.join(board, { boardId: "lobby" });
client.connection.subscribe(show);
room.subscribe(show);
client.connect();
show();

/** Writes where the connection stands, and what is on the board. */
function show(): void {
  const { status, subject } = client.connection.getSnapshot();
  const { state } = room.getSnapshot();
  const output = document.querySelector("output");
  if (output) output.textContent = `${status} ${subject ?? ""} ${state ? "joined" : ""}`.trim();
  document.querySelector("ul")?.replaceChildren(...(state?.cards ?? []).map(item));
}

function item(title: string): HTMLLIElement {
  const element = document.createElement("li");
  element.textContent = title;
  return element;
}

function list(name: string): string[] {
  return query.get(name)?.split(",") ?? [];
}
