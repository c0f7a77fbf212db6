// What waits to be sent, on a page.

import { type Client, command, createClient, namespace } from "@tautline/client";
import { fakeServer, manualClock } from "@tautline/client/testing";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { SocketProvider, useClient, useCommand, useOutbox } from "../src/index.js";

afterEach(cleanup);

/** Notes that are written with or without a connection. */
const Notes = namespace({
  path: "/notes",
  commands: {
    write: command<{ text: string }, void>({
      name: "write",
      ack: true,
      delivery: "idempotent",
      offline: { mode: "queue", ttlMs: 60_000 },
    }),
  },
});

/** A client whose server cannot be reached. */
function offline(): Client {
  const clock = manualClock();
  const server = fakeServer(clock);
  server.isReachable = false;
  const contract = { name: "notes", version: "1.0.0", hash: "abc", namespaces: { Notes } };
  const url = "https://notes.example.org";
  return createClient({ url, contract, clock, transport: server.transport, logger: false });
}

function Waiting() {
  const { outbox } = useClient();
  const { entries } = useOutbox();
  return (
    <ul>
      {entries.map(({ id, name, status }) => (
        <li key={id}>
          <b>{`${name}: ${status}`}</b>
          <button type="button" onClick={() => outbox.discard(id)}>
            discard
          </button>
        </li>
      ))}
    </ul>
  );
}

function Write() {
  const { run } = useCommand(Notes.commands.write);
  return (
    <button type="button" onClick={() => void run({ text: "milk" })}>
      write
    </button>
  );
}

test("a page shows what waits, and can throw it away", async () => {
  const client = offline();
  render(
    <SocketProvider client={client}>
      <Write />
      <Waiting />
    </SocketProvider>,
  );

  await act(async () => screen.getByText("write").click());
  const shown = screen.getByText("write: queued");
  await act(async () => screen.getByText("discard").click());

  expect(shown.isConnected).toBe(false);
  expect(client.outbox.getSnapshot().entries).toEqual([]);
});

test("a page renders again only when the part of the outbox changes that it shows", async () => {
  const client = offline();
  let renders = 0;
  function IsEmpty() {
    const isEmpty = useOutbox(({ entries }) => entries.length === 0);
    renders += 1;
    return <p>{isEmpty ? "all sent" : "sending"}</p>;
  }
  render(
    <SocketProvider client={client}>
      <IsEmpty />
    </SocketProvider>,
  );

  await act(async () => void client.run(Notes.commands.write, { text: "1" }));
  const after = renders;
  await act(async () => void client.run(Notes.commands.write, { text: "2" }));

  expect(screen.getByText("sending")).toBeTruthy();
  expect(renders).toBe(after);
});
