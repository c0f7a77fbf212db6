// The conversations of whoever is signed in: asked for when a connection is there, then kept by events.

import { Chat, type Session, type SessionId } from "@tautline/agent-chat";
import { type Problem, useClient, useConnection, useEvent } from "@tautline/react";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { useSubject } from "../identity/identity-context.js";
import { touched, withSession } from "./session-list.js";

/** The list, and how to make it newer. */
export interface Sessions {
  /** `undefined` until the first answer. */
  readonly sessions: readonly Session[] | undefined;
  /**
   * The last active ones. Their rooms are held while others are looked at, so that they tell of new messages and of
   * questions; a server lets a connection into 128 rooms.
   */
  readonly followed: ReadonlySet<SessionId>;
  /** Why there is no list. */
  readonly problem: Problem | undefined;
  refresh(): void;
  /** A conversation that the page has just made or changed. */
  put(session: Session): void;
}

const SessionsContext = createContext<Sessions | undefined>(undefined);

/** How many are listed, and how many of them are followed. */
const LISTED = 100;
const FOLLOWED = 30;

/** Around everything that shows or names conversations. */
export function SessionsProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const subject = useSubject();
  const isConnected = useConnection(({ status }) => status === "connected");
  const [sessions, setSessions] = useState<readonly Session[]>();
  const [problem, setProblem] = useState<Problem>();

  const refresh = useCallback(async () => {
    const result = await client.run(Chat.commands.listSessions, {
      withArchived: true,
      limit: LISTED,
    });
    setProblem(result.ok ? undefined : result.problem);
    if (result.ok) setSessions(result.value.sessions);
  }, [client]);
  const put = useCallback(
    (session: Session) => setSessions((list) => list && withSession(list, session, subject)),
    [subject],
  );

  useEffect(() => {
    if (isConnected) void refresh();
  }, [isConnected, refresh]);
  // Told to whoever takes part, into their own room: also of a conversation that they have never opened.
  useEvent(Chat.events.sessionListed, ({ session }) => put(session));
  useEvent(Chat.events.messageCreated, (message) =>
    setSessions((list) => list && touched(list, message)),
  );

  const value = useMemo(
    () => ({
      sessions,
      followed: followedOf(sessions),
      problem,
      refresh: () => void refresh(),
      put,
    }),
    [sessions, problem, refresh, put],
  );
  return <SessionsContext.Provider value={value}>{children}</SessionsContext.Provider>;
}

function followedOf(sessions: readonly Session[] = []): ReadonlySet<SessionId> {
  const open = sessions.filter(({ archivedAt }) => !archivedAt).slice(0, FOLLOWED);
  return new Set(open.map(({ sessionId }) => sessionId));
}

/** The conversations of whoever is signed in. */
export function useSessions(): Sessions {
  const sessions = useContext(SessionsContext);
  if (sessions === undefined) throw new Error("there is no <SessionsProvider> around this");
  return sessions;
}
