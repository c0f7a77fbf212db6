// Where a message is written.

import type { Problem } from "@tautline/client";
import { useCommand, useEvent, usePresent, useRead } from "@tautline/react";
import { type FormEvent, useState } from "react";
import { Chat } from "../../wire/src/generated/index.js";
import { settings } from "./settings.js";

const { circle } = Chat.rooms;

/**
 * Sends what is written, shows the others that somebody writes, and takes everything for read while the
 * field has the focus.
 */
export function Composer() {
  const { run } = useCommand(Chat.commands.say);
  const present = usePresent(circle, settings.circle);
  const read = useRead(circle, settings.circle);
  const [text, setText] = useState("");
  const [isFocused, setIsFocused] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  useEvent(Chat.events.said, (_, meta) => {
    if (isFocused) read(meta);
  });

  function write(next: string) {
    if ((next === "") !== (text === "")) void present({ isWriting: next !== "" });
    setText(next);
  }

  async function send(event: FormEvent) {
    event.preventDefault();
    if (text === "") return;
    write("");
    setProblem(undefined);
    const said = await run({ ...settings.circle, text });
    if (said.ok) return;
    setProblem(said.problem);
    // It is in no outbox: back into the hands of who wrote it.
    setText((newer) => newer || text);
  }

  return (
    <>
      {problem ? <p role="alert">{`${problem.message} ${problem.recovery.hint}`}</p> : null}
      <form onSubmit={(event) => void send(event)}>
        <input
          value={text}
          onChange={(event) => write(event.target.value)}
          onFocus={() => {
            setIsFocused(true);
            read();
          }}
          onBlur={() => setIsFocused(false)}
          aria-label="Message"
          placeholder="Say something"
          autoComplete="off"
        />
        <button type="submit">Send</button>
      </form>
    </>
  );
}
