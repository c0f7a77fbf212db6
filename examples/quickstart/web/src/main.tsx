// The page of the shared board.
import * as socket from "@tautline/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Boards, contract } from "./generated/index.js";

const query = new URLSearchParams(location.search);
const params = { boardId: query.get("board") ?? "lobby" };
// A card that was added during the join is in the state and comes as an event: it counts once.
const board = socket.roomState(Boards.rooms.board, Boards, {
  cardAdded: ({ cards }, { title, replaces }) => ({
    cards: [...new Set([...cards.filter((card) => card !== replaces), title])],
  }),
});
const auth = () => query.get("token") ?? undefined;
const client = socket.createClient({ url: "", contract, auth, roomStates: [board] });

function Board() {
  const connection = socket.useConnection();
  const { state, problem: denied } = socket.useRoomState(board, params);
  const add = socket.useCommand(Boards.commands.addCard);
  const [came, setCame] = useState(0);
  socket.useEvent(Boards.events.somebodyCame, () => setCame((count) => count + 1));
  const problem = connection.problem ?? denied ?? (add.last?.ok === false && add.last.problem);
  const news = came > 1 && "Somebody has joined you.";
  const cards = state?.cards.map((card) => <li key={card}>{card}</li>);
  return (
    <main className={connection.status}>
      <h1>{params.boardId}</h1>
      <output>{connection.status}</output>
      {problem && <p role="alert">{`${problem.message} ${problem.recovery.hint}`}</p>}
      <form action={(form) => void add.run({ ...params, title: String(form.get("title")) })}>
        <input name="title" aria-label="New card" />
        <input type="submit" value="Add" disabled={add.inFlight > 0} />
      </form>
      <p key={came}>{news}</p>
      {socket.useQuestion(Boards.questions.mayReplace).map((question) => (
        <p key={question.id} role="alertdialog">
          The board is full. May its oldest card go?
          <input type="button" value="Yes" onClick={() => void question.answer()} />
        </p>
      ))}
      <ul>{cards}</ul>
    </main>
  );
}

createRoot(document.body).render(
  <StrictMode>
    <socket.SocketProvider client={client}>
      <Board />
    </socket.SocketProvider>
  </StrictMode>,
);
