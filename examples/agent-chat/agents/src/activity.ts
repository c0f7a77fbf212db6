// Tells everybody what the agent is doing: the last thing that it began and has not ended.

import { type Activity, type AgentId, Agents } from "@tautline/agent-chat";
import type { Client } from "@tautline/client";

/** What an agent is doing. */
export interface ActivityBoard {
  /** Begins something. The returned function ends it. */
  begin(activity: Activity): () => void;
  /** Says again what is being done, to a server that may not know it any more. */
  repeat(): void;
}

const IDLE: Activity = { type: "idle" };

/** Makes the board. One word is under way at a time: of those that come meanwhile the last one counts. */
export function activityBoard(client: Client, agentId: AgentId): ActivityBoard {
  const begun: Activity[] = [];
  let told: Activity | undefined;
  let isTelling = false;

  const current = (): Activity => begun.at(-1) ?? IDLE;

  async function tell(): Promise<void> {
    if (isTelling) return;
    isTelling = true;
    while (told !== current()) {
      told = current();
      // Nobody waits for it: what does not arrive is said again with the next connection.
      await client.run(Agents.commands.setActivity, { agentId, activity: told });
    }
    isTelling = false;
  }

  return {
    begin(activity) {
      begun.push(activity);
      void tell();
      return () => {
        const index = begun.indexOf(activity);
        if (index >= 0) begun.splice(index, 1);
        void tell();
      };
    },
    repeat() {
      told = undefined;
      void tell();
    },
  };
}
