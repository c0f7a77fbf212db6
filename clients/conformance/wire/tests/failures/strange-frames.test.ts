// Frames that no good client would send. They cost their sender at most its connection.

import { io, type Socket } from "socket.io-client";
import { expect, it } from "vitest";
import { expectBystanderUntouched } from "../../harness/bystander.js";
import { atEnd, okOf, problemOf, stock } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";

const server = serverForFile();
expectBystanderUntouched(server);

const texts = (text: string) => ({ text, list: [], byKey: {} });

it("half of a surrogate pair is refused as a payload", async () => {
  const client = await stock(server.url, "/echo");

  const problem = problemOf(await client.call("echo_texts", texts("\ud800")));

  expect(problem).toMatchObject({ code: "invalid_payload" });
  expect(okOf(await client.call("echo_texts", texts("still here")))).toEqual(texts("still here"));
});

it("a payload that is nested too deeply is refused, and its sender goes on", async () => {
  const client = await stock(server.url, "/echo");
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
  const anything = (levels: number) => ({ value: nested(levels), byKey: {} });

  const problem = problemOf(await client.call("echo_anything", anything(200)));

  expect(problem).toMatchObject({ category: "invalid", outcome: "not_executed" });
  expect(okOf(await client.call("echo_anything", anything(100)))).toEqual(anything(100));
});

it("a place for bytes that did not come is refused as a payload", async () => {
  const client = await stock(server.url, "/echo");
  const nowhere = { _placeholder: true, num: 3 };

  const problem = problemOf(
    await client.call("echo_blob", { name: "", content: new Uint8Array([1]), preview: nowhere }),
  );

  expect(problem).toMatchObject({ code: "invalid_payload", fields: [{ path: "preview" }] });
});

it("arguments beyond the third are ignored", async () => {
  const client = await stock(server.url, "/echo");

  const answer = await client.call("echo_texts", texts("a"), null, "more", 5);

  expect(answer).toEqual({ ok: texts("a") });
});

it("null as a payload is refused where fields are wanted, and taken where none are", async () => {
  const client = await stock(server.url, "/echo");

  const problem = problemOf(await client.call("echo_texts", null));
  const answer = await client.call("echo_nothing", null);

  expect(problem).toMatchObject({ code: "invalid_payload", fields: [{ path: "" }] });
  expect(answer).toEqual({ ok: null });
});

it("fields that the contract does not know are ignored", async () => {
  const client = await stock(server.url, "/echo");

  const answer = await client.call("echo_texts", { ...texts("a"), ofTomorrow: { deep: [1] } });

  expect(answer).toEqual({ ok: texts("a") });
});

it.each([
  ["an event without a name", "42/faults,[]"],
  ["an event that is no array", '42/faults,{"a":1}'],
  ["a frame that is no JSON", "42/faults,[nonsense"],
  ["a name of the protocol's own", '42/faults,["disconnect"]'],
  ["an acknowledgement that nobody asked for", '43/faults,99["what?"]'],
  ["an unknown packet", "4x"],
  ["a payload of 20,000 levels", `42/faults,["count",${"[".repeat(20_000)}${"]".repeat(20_000)}]`],
])("%s touches nobody else", async (_, frame) => {
  const { isOpen, socket } = await raw();

  socket.io.engine.write(frame);
  const answer = await Promise.race([isOpen, socket.emitWithAck("who_am_i")]);

  expect(answer === false || okOf(answer)).toBeTruthy();
});

it("more attachments than the server takes touch nobody else", async () => {
  const { isOpen, socket } = await raw();

  socket.emit(
    "echo_blob",
    Array.from({ length: 50 }, () => new Uint8Array([1])),
  );
  const answer = await Promise.race([isOpen, socket.emitWithAck("who_am_i")]);

  expect(answer === false || okOf(answer)).toBeTruthy();
});

/** A stock client whose engine a test may write to. `isOpen` becomes false when it is cut. */
async function raw(): Promise<{ socket: Socket; isOpen: Promise<false> }> {
  const socket = io(`${server.url}/faults`, {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
  });
  atEnd(() => socket.close());
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  const isOpen = new Promise<false>((resolve) => socket.once("disconnect", () => resolve(false)));
  return { socket, isOpen };
}
