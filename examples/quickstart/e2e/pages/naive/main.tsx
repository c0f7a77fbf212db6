// The page as it is usually written by hand: each hook opens a socket of its own in an effect.
// What it costs is measured as the "before" of the page beside it.

import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { io } from "socket.io-client";

/** A socket for the connection's status. */
function useIsConnected() {
  const [isConnected, setIsConnected] = useState(false);
  useEffect(() => {
    const socket = io("/boards", { forceNew: true });
    socket.on("connect", () => setIsConnected(true));
    socket.on("disconnect", () => setIsConnected(false));
    return () => {
      socket.disconnect();
    };
  }, []);
  return isConnected;
}

/** Another socket for the cards. */
function useCards(boardId: string) {
  const [cards, setCards] = useState<readonly string[]>([]);
  useEffect(() => {
    const socket = io("/boards", { forceNew: true });
    socket.on("connect", () => {
      socket.emit("join_board", { boardId }, (answer: { ok: { cards: string[] } }) => {
        setCards(answer.ok.cards);
      });
    });
    socket.on("card_added", ({ title }: { title: string }) => {
      setCards((known) => [...known, title]);
    });
    return () => {
      socket.disconnect();
    };
  }, [boardId]);
  return cards;
}

function Board() {
  const isConnected = useIsConnected();
  const cards = useCards("lobby");
  return (
    <>
      <output>{isConnected ? "connected" : "disconnected"}</output>
      <ul>
        {cards.map((card) => (
          <li key={card}>{card}</li>
        ))}
      </ul>
    </>
  );
}

const root = document.querySelector("#root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Board />
    </StrictMode>,
  );
}
