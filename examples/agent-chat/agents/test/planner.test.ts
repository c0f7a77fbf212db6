// The planner in front of a fake server: from a task to its end, with the leave of people and without.

import { refuse } from "@tautline/client/testing";
import { expect, test } from "vitest";
import { percentAfter, planOf } from "../src/planner/plan.js";
import { planner as work } from "../src/planner/work.js";
import { type Found, message, stage, task } from "./stage.js";

/** A planner whose tool is answered like this. */
async function planner(approval: object | undefined, found: Found = {}) {
  const set = await stage(work, found);
  set.server.handle("start_task", () => task({ status: "in_progress" }));
  set.server.handle("report_step", () => null);
  set.server.handle("request_approval", () => approval);
  set.server.handle("complete_task", () => task({ status: "completed" }));
  set.server.handle("fail_task", () => task({ status: "failed" }));
  await set.settled();
  return set;
}

test("a task is done step by step, and published when somebody approves", async () => {
  const { tell, settled, sent } = await planner({ decision: "once" });

  tell("task_assigned", { task: task() });
  await settled();

  expect(sent("start_task")).toEqual([{ taskId: "task-1" }]);
  expect(sent("report_step").map(({ number, text, percent }) => [number, text, percent])).toEqual([
    [1, "Ask around.", 33],
    [2, "Compare the prices.", 67],
    [3, "Was allowed to publish the report.", 100],
  ]);
  expect(sent("request_approval")).toMatchObject([{ tool: "publish_report", agentId: "worker" }]);
  expect(sent("complete_task")).toMatchObject([{ taskId: "task-1" }]);
});

test("without leave the task fails for the person's reason", async () => {
  const { tell, settled, sent } = await planner({ reason: "Not before Friday." });

  tell("task_assigned", { task: task() });
  await settled();

  expect(sent("fail_task")).toEqual([{ taskId: "task-1", reason: "Not before Friday." }]);
  expect(sent("complete_task")).toEqual([]);
});

test("a task without a conversation has nobody to ask, and ends with its report alone", async () => {
  const { tell, settled, sent } = await planner({ decision: "once" });

  tell("task_assigned", { task: task({ sessionId: null }) });
  await settled();

  expect(sent("request_approval")).toEqual([]);
  expect(sent("complete_task")).toHaveLength(1);
});

test("a task that is called off while people are asked is let go", async () => {
  const { tell, settled, sent, lines } = await planner(undefined);
  tell("task_assigned", { task: task() });
  await settled();

  tell("task_assigned", { task: task({ status: "cancelled" }) });
  await settled();

  expect(sent("request_approval")).toHaveLength(1);
  expect(sent("complete_task")).toEqual([]);
  expect(lines.at(-1)).toBe("let go of “Find a room”");
});

test("a task that was begun is gone on with after its last step", async () => {
  const step = { taskId: "task-1", number: 1, agentId: "worker", text: "Ask around.", percent: 33 };
  const found = task({ status: "in_progress", steps: [step] });
  const { sent } = await planner({ decision: "session" }, { tasks: [found] });

  expect(sent("start_task")).toEqual([]);
  expect(sent("report_step").map(({ number }) => number)).toEqual([2, 3]);
  expect(sent("complete_task")).toHaveLength(1);
});

test("a task is worked on once, however often it is told of", async () => {
  const { tell, settled, sent } = await planner({ decision: "once" }, { tasks: [task()] });

  tell("task_assigned", { task: task({ status: "in_progress", agents: ["other"] }) });
  await settled();

  expect(sent("start_task")).toHaveLength(1);
});

test("a task that the server does not give is left", async () => {
  const { server, tell, settled, sent } = await planner({ decision: "once" });
  server.handle("start_task", () =>
    refuse({
      code: "tasks.illegal_transition",
      category: "conflict",
      severity: "info",
      message: "No.",
      recovery: { action: "none", hint: "" },
      outcome: "not_executed",
      traceId: "t",
      params: { from: "cancelled", to: "in_progress" },
    }),
  );

  tell("task_assigned", { task: task() });
  await settled();

  expect(sent("report_step")).toEqual([]);
});

test("whoever speaks to the planner is told how to give it work", async () => {
  const prompt = message("m1", "@planner book a room");
  const { tell, settled, sent } = await planner(undefined, { messages: [prompt] });

  tell("prompted", { message: prompt });
  await settled();

  const text = sent("append_answer").map((part) => part["text"]);
  expect(text.join("")).toContain("*book a room*");
  expect(sent("finish_answer")).toHaveLength(1);
});

test("a list in the description is the list of the steps", () => {
  const plan = planOf(task({ description: "1. Call them\n2) Visit them\n- Decide" }), "worker");

  expect(plan.steps).toEqual(["Call them", "Visit them", "Decide"]);
  expect([0, 1, 2, 3, 4].map((done) => percentAfter(done, plan))).toEqual([0, 25, 50, 75, 100]);
});

test("a task without a description has steps, too", () => {
  expect(planOf(task({ description: " " }), "worker").steps).toHaveLength(3);
});

test.for([200, 1])(
  "a plan of a title of %i characters keeps to the contract's limits",
  (length) => {
    const long = task({ title: "x".repeat(length), description: "word ".repeat(1600) });

    const { tool, steps, report } = planOf(long, "worker");

    expect(tool?.summary.length).toBeLessThanOrEqual(400);
    expect(report.length).toBeLessThanOrEqual(8000);
    for (const step of steps) expect(step.length).toBeLessThanOrEqual(400);
  },
);
