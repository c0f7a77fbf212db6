// A lost connection as a person is told of it.

import { act, render } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useLostConnection } from "../src/index.js";
import { refusal } from "./board.js";
import { stage } from "./stage.js";

function Banner({ patienceMs }: { patienceMs?: number }) {
  const lost = useLostConnection(patienceMs === undefined ? {} : { patienceMs });
  return <p>{lost?.status}</p>;
}

const shown = () => document.body.textContent;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a blip is never shown", async () => {
  const { server, clock, page } = stage();
  render(<StrictMode>{page(<Banner />)}</StrictMode>);
  await act(server.settled);

  await act(async () => server.cut());
  await act(async () => vi.advanceTimersByTime(1_999));
  expect(shown()).toBe("");
  await act(async () => clock.advance(30_000));
  await act(server.settled);
  await act(async () => vi.advanceTimersByTime(10_000));

  expect(shown()).toBe("");
});

test("a longer loss is shown until it is over, and the next blip is not", async () => {
  const { server, clock, page } = stage();
  render(page(<Banner patienceMs={500} />));
  await act(server.settled);

  await act(async () => server.cut());
  await act(async () => vi.advanceTimersByTime(500));
  expect(shown()).toBe("reconnecting");
  await act(async () => clock.advance(30_000));
  await act(server.settled);
  expect(shown()).toBe("");
  await act(async () => server.cut());

  expect(shown()).toBe("");
});

test("a first connection that does not come is shown", async () => {
  const { server, page } = stage();
  server.refuseConnects = "silent";

  render(page(<Banner />));
  await act(server.settled);
  expect(shown()).toBe("");
  await act(async () => vi.advanceTimersByTime(2_000));

  expect(shown()).toBe("connecting");
});

test("a connection that failed for good is shown at once", async () => {
  const { server, page } = stage();
  server.refuseConnects = refusal("nope");

  render(page(<Banner />));
  await act(server.settled);

  expect(shown()).toBe("failed");
});
