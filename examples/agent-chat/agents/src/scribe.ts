// The program `scribe`: answers what it is asked in a conversation, in words of its own, while everybody watches.

import { run } from "./run.js";
import { scribeCard } from "./scribe/card.js";
import { scribe } from "./scribe/work.js";

run(scribeCard, scribe);
