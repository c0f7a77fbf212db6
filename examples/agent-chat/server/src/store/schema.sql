-- The application's tables, beside the journal's own in one file. Ids are 16 bytes, times are Unix
-- milliseconds, and what only travels whole is JSON.

CREATE TABLE IF NOT EXISTS sessions (
    id          BLOB PRIMARY KEY,
    title       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    active_at   INTEGER NOT NULL,
    archived_at INTEGER
) STRICT, WITHOUT ROWID;

-- In the order of their places. Who has left stays, with the time: they are told so, and strangers are not.
CREATE TABLE IF NOT EXISTS members (
    session_id BLOB NOT NULL REFERENCES sessions,
    member     TEXT NOT NULL,
    place      INTEGER NOT NULL,
    left_at    INTEGER,
    PRIMARY KEY (session_id, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_by_name ON members (member);

CREATE TABLE IF NOT EXISTS messages (
    number     INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    session_id BLOB NOT NULL REFERENCES sessions,
    author     TEXT NOT NULL,
    body       TEXT NOT NULL,
    reply_to   BLOB,
    thread     BLOB,
    answer_id  BLOB,
    epoch      TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    edited_at  INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_session ON messages (session_id, number);
CREATE INDEX IF NOT EXISTS messages_by_thread ON messages (thread, number) WHERE thread IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_by_answer ON messages (answer_id) WHERE answer_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS contexts (
    id         BLOB PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions,
    expires_at INTEGER,
    context    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS contexts_by_session ON contexts (session_id);

CREATE TABLE IF NOT EXISTS agents (
    id            TEXT PRIMARY KEY,
    owner         TEXT NOT NULL,
    card          TEXT NOT NULL,
    registered_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that an agent was asked to answer and has not begun to.
CREATE TABLE IF NOT EXISTS prompts (
    agent_id   TEXT NOT NULL,
    message_id BLOB NOT NULL,
    PRIMARY KEY (agent_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS answers (
    id         BLOB PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions,
    agent_id   TEXT NOT NULL,
    stream_id  BLOB NOT NULL,
    reply_to   BLOB,
    thread     BLOB,
    state      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answers_open ON answers (agent_id) WHERE state = '"open"';

-- Tools that the people of a session have allowed an agent for the rest of it.
CREATE TABLE IF NOT EXISTS approvals (
    session_id BLOB NOT NULL REFERENCES sessions,
    agent_id   TEXT NOT NULL,
    tool       TEXT NOT NULL,
    PRIMARY KEY (session_id, agent_id, tool)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tasks (
    id          BLOB PRIMARY KEY,
    owner       TEXT NOT NULL,
    session_id  BLOB REFERENCES sessions,
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    priority    TEXT NOT NULL,
    status      TEXT NOT NULL,
    context     TEXT NOT NULL,
    result      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tasks_by_owner ON tasks (owner, updated_at);

CREATE TABLE IF NOT EXISTS task_agents (
    task_id  BLOB NOT NULL REFERENCES tasks,
    agent_id TEXT NOT NULL,
    place    INTEGER NOT NULL,
    PRIMARY KEY (task_id, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS task_agents_by_agent ON task_agents (agent_id);

CREATE TABLE IF NOT EXISTS steps (
    task_id  BLOB NOT NULL REFERENCES tasks,
    number   INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    text     TEXT NOT NULL,
    percent  INTEGER NOT NULL,
    PRIMARY KEY (task_id, number)
) STRICT, WITHOUT ROWID;
