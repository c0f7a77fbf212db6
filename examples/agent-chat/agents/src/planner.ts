// The program `planner`: works on the tasks that it is given, step by step, and asks before it uses its tool.

import { plannerCard } from "./planner/card.js";
import { planner } from "./planner/work.js";
import { run } from "./run.js";

run(plannerCard, planner);
