// The program `planner`: works on the tasks that it is given, step by step, and asks before it uses its tool.

import { planning } from "./planner/tasks.js";
import { run } from "./run.js";

run(
  {
    agentId: "planner",
    name: "Planner",
    description:
      "Takes a task apart, does it step by step and reports. Asks the people of the conversation before it publishes.",
    color: "#b45309",
    icon: "list-checks",
    capabilities: [
      { name: "plan", description: "Works on a task step by step." },
      { name: "publish_report", description: "Publishes a report, if somebody approves." },
    ],
    version: "1.0.0",
  },
  planning,
);
