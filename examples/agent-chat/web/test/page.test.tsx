// The page as a whole: signing in, moving about, and coming back.

import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { identityOf, open } from "./stage.js";
import { refusal, task } from "./world.js";

/** A server that signs everybody in, or says no. */
function signInWith(answer: (name: string) => Response) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (_url: string, { body }: { body: string }) => {
    const { name } = JSON.parse(body) as { name: string };
    asked.push(name);
    return answer(name);
  });
  return asked;
}

const welcomeAll = (name: string) => Response.json(identityOf(name, `new token of ${name}`));

test("nobody sees anything, and nothing is connected, before the sign-in", async () => {
  const stage = await open("/sessions/s1", { as: "nobody" });
  signInWith(welcomeAll);
  expect(screen.getByRole("heading", { name: "Sign in to Agent chat" })).toBeTruthy();
  expect(stage.server.links).toBe(0);

  await stage.press("Continue as Ann");
  await stage.pass();

  expect(screen.getByRole("heading", { level: 1, name: "Welcome" })).toBeTruthy();
  expect(stage.address()).toBe("/sessions/s1");
});

test("a name that is refused is said at the field", async () => {
  const stage = await open("/", { as: "nobody" });
  const problem = { ...refusal("bad_name"), category: "invalid", message: "Names are lower case." };
  const asked = signInWith(() => Response.json(problem, { status: 400 }));

  stage.write("Your name", "carla!");
  await stage.press("Sign in");

  expect(asked).toEqual(["carla!"]);
  const field = screen.getByRole("textbox", { name: "Your name" });
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.body.textContent).toContain("Names are lower case.");
});

test("a server that is not there is said, and asked again", async () => {
  const stage = await open("/", { as: "nobody" });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  await stage.press("Continue as Ann");
  expect(screen.getByRole("alert").textContent).toContain("The service cannot be reached.");

  signInWith(welcomeAll);
  await stage.press("Continue as Ann");
  await stage.pass();

  expect(screen.getByRole("heading", { level: 1, name: "Dashboard" })).toBeTruthy();
});

test("a token that is over asks to sign in again, and what was written is still there", async () => {
  const stage = await open("/sessions/s1");
  signInWith(welcomeAll);
  stage.write("Message", "half a sen");
  const expired = refusal("token_expired", {
    category: "unauthenticated",
    message: "Your sign-in has expired.",
    recovery: { action: "reauthenticate", hint: "Sign in again." },
  });
  stage.server.onConnect = ({ auth }) =>
    String(auth["token"]).startsWith("new") ? undefined : expired;
  await act(async () => stage.server.cut());
  await stage.pass(60_000);

  const dialog = await screen.findByRole("dialog", { name: "Sign in again" });
  expect(within(dialog).getByRole("alert").textContent).toContain("Your sign-in has expired.");
  fireEvent.click(within(dialog).getByRole("button", { name: "Continue as Ann" }));
  await stage.pass();
  await stage.pass();

  expect(stage.address()).toBe("/sessions/s1");
  expect(screen.getByRole("textbox", { name: "Message" })).toHaveProperty("value", "half a sen");
  expect(stage.server.connects.at(-1)?.auth["token"]).toBe("new token of ann");
});

test("twenty moves between the pages make no handshake, no join and no leave", async () => {
  const stage = await open("/");
  await stage.follow(/^Welcome/);
  await stage.follow(/^Dashboard/);
  const before = [...stage.log];

  for (let move = 0; move < 10; move += 1) {
    await stage.follow(/^Welcome/);
    await stage.pass(2_000);
    await stage.follow(/^Dashboard/);
    await stage.pass(2_000);
  }

  expect(before).toContain('join_chat_session {"sessionId":"s1"}');
  expect(stage.log).toEqual(before);
  expect(stage.server.links).toBe(1);
});

test("the dashboard counts, filters and opens tasks", async () => {
  const stage = await open("/", {
    prepare: ({ tasks }) => {
      tasks.push(task("t2", { title: "Write the notes", status: "completed" }));
    },
  });
  expect(screen.getByRole("button", { name: "Completed: 1" })).toBeTruthy();

  await stage.press("Completed: 1");
  const list = screen.getByRole("list", { name: "Tasks" });
  expect(within(list).getAllByRole("link")).toHaveLength(1);
  await stage.follow(/^Write the notes/);

  expect(stage.address()).toBe("/tasks/t2");
  expect(await screen.findByRole("article", { name: "Write the notes" })).toBeTruthy();
});

test("a task whose form is not right says so at the fields", async () => {
  const stage = await open("/", {
    prepare: ({ server }) => server.handle("create_task", () => task("t9")),
  });

  await stage.press("New task");
  const dialog = await screen.findByRole("dialog", { name: "New task" });
  fireEvent.click(within(dialog).getByRole("button", { name: "Create task" }));
  await stage.pass();

  expect(dialog.textContent).toContain("Say what is to be done.");
  expect(stage.server.calls.some(({ name }) => name === "create_task")).toBe(false);
});

test("whoever signs out leaves nothing behind", async () => {
  const stage = await open("/");

  await stage.press("Account of Ann");
  fireEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  await stage.pass();

  expect(screen.getByRole("heading", { name: "Sign in to Agent chat" })).toBeTruthy();
  expect(window.sessionStorage.getItem("agent-chat.identity")).toBeNull();
});
