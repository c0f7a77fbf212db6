// A component that uses every hook and shows what they gave.

import {
  useCommand,
  useConnection,
  useEvent,
  useOutbox,
  usePresence,
  usePresent,
  useQuestion,
  useRead,
  useReceipts,
  useRoom,
  useRoomState,
  useStream,
  useStreams,
} from "../src/index.js";
import { Board, boardState } from "./board.js";

const here = { boardId: "b1" };

/** Uses everything that there is. */
export function Everything() {
  const { status, since } = useConnection();
  const room = useRoom(Board.rooms.board, here);
  const skipped = useRoom(Board.rooms.board, here, { skip: true });
  const cards = useRoomState(boardState, here, (board) => board.cards);
  const add = useCommand(Board.commands.addCard);
  const waiting = useOutbox((outbox) => outbox.entries.length);
  const questions = useQuestion(Board.questions.keepCard, () => undefined);
  const stories = useStreams(Board.streams.story, here);
  const story = useStream(Board.streams.story, "s1");
  const presence = usePresence(Board.rooms.board, here);
  const receipts = useReceipts(Board.rooms.board, here);
  usePresent(Board.rooms.board, here);
  useRead(Board.rooms.board, here);
  useEvent(Board.events.cardAdded, () => {});
  return (
    <ul>
      <li>{`${status} since ${since}`}</li>
      <li>{`${room.status}, ${skipped.status}, ${cards.status}`}</li>
      <li>{cards.state?.map((it) => it.title).join(" ")}</li>
      <li>{`${add.inFlight} commands, ${waiting} waiting, ${questions.length} questions`}</li>
      <li>{`${stories.length} stories, "${story?.text ?? ""}"`}</li>
      <li>{`${presence.members.length} people, ${Object.keys(receipts).length} receipts`}</li>
    </ul>
  );
}
