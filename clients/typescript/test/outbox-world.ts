// Lives of a page, one after the other, on one disk and against one server that remembers.

import { type ClientOptions, type Clock, createClient, type Problem } from "../src/index.js";
import { keptIn } from "../src/outbox-keeping.js";
import { fakeServer, manualClock } from "../src/testing.js";
import { Board, contract } from "./board.js";
import { type Disk, emptyDisk } from "./disk.js";
import { remembering } from "./remembering-server.js";

/** Sets up a disk, a server and a clock, and no page yet. */
export function outboxWorld() {
  const clock = manualClock();
  const server = fakeServer(clock);
  const board = remembering(server);
  const disk = emptyDisk();
  server.handle("join_board", () => ({ cards: [] }));

  let life = 0;
  /** A page that is gone has no timers. */
  function clockOfLife(): Clock {
    const mine = life;
    return {
      ...clock,
      after: (ms, task) => clock.after(ms, () => mine === life && task()),
    };
  }

  /** Lets everything arrive that is on its way, to the server and to the disk. */
  async function settled(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) {
      await server.settled();
      if (!disk.isSlow) await disk.write();
    }
  }

  return {
    clock,
    server,
    board,
    disk,
    settled,
    /** Opens the page: a client that has not connected. */
    open(options: Partial<ClientOptions> = {}) {
      const problems: { readonly code: string; readonly event: string; problem: Problem }[] = [];
      const client = createClient({
        url: `http://outbox-${pages++}`,
        contract,
        transport: server.transport,
        clock: clockOfLife(),
        random: () => 0,
        logger: false,
        outbox: keptIn(disk.storage),
        ...options,
      });
      client.onProblem((problem, event) => {
        problems.push({ code: problem.code, event, problem });
      });
      const add = (text: string) => client.run(Board.commands.addCard, { boardId: "b", text });
      const shown = () =>
        client.outbox.getSnapshot().entries.map(({ payload, status }) => {
          return `${(payload as { text: string }).text}: ${status}`;
        });
      return { client, problems, add, shown };
    },
    /** The page is gone in an instant, as in a reload: nothing that it had in memory is left. */
    crash() {
      life += 1;
      disk.crash();
    },
    async pass(ms: number) {
      clock.advance(ms);
      await settled();
    },
    /** The texts of the cards that were added, in order. */
    added: () => board.ran.map(({ text }) => text),
    /** The metas of the cards that were sent, in order. */
    sent: () => server.calls.filter(({ name }) => name === "add_card").map(({ meta }) => meta),
  };
}

/** A token as most servers give them; nobody has signed it. */
export function tokenOf(sub: string): string {
  return `e30.${Buffer.from(JSON.stringify({ sub })).toString("base64url")}.`;
}

export type { Disk };

let pages = 0;
