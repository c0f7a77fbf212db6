-- Everything that the journal keeps. The names begin with `tautline_`, so that an application's own
-- tables have room beside them in the same file.

-- One row: what the file is.
CREATE TABLE tautline_meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  -- Names the ledger.
  ledger TEXT NOT NULL,
  -- Signs credentials.
  secret BLOB NOT NULL,
  -- The epoch of a room that has no row follows from it and the room's name.
  seed BLOB NOT NULL,
  -- Who has it open, or had it last; how durable commits were then; whether it was closed.
  run TEXT NOT NULL,
  durability TEXT NOT NULL,
  is_clean INTEGER NOT NULL
) STRICT;

-- A room, once something was written to it. Outlives its events.
CREATE TABLE tautline_rooms (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  -- How many events it keeps, and for how many milliseconds; NULL is no bound.
  keep_count INTEGER,
  keep_ms INTEGER,
  -- When something was last written to it, in Unix milliseconds.
  touched INTEGER NOT NULL,
  UNIQUE (namespace, name)
) STRICT;

-- Events lie in the order in which they were committed and not by room: a group of commands then
-- touches a few pages at the end, and not one page per room.
CREATE TABLE tautline_events (
  id INTEGER PRIMARY KEY,
  room INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  name TEXT NOT NULL,
  payload TEXT NOT NULL,
  attachments BLOB,
  cause BLOB,
  question TEXT,
  stream TEXT,
  UNIQUE (room, seq)
) STRICT;

-- Answers of idempotent commands, likewise. Ids begin with a time, so that the index grows at its
-- end, too.
CREATE TABLE tautline_answers (
  id INTEGER PRIMARY KEY,
  command BLOB NOT NULL,
  namespace TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  hash BLOB NOT NULL,
  answer TEXT NOT NULL,
  attachments BLOB,
  at TEXT NOT NULL,
  UNIQUE (command, namespace)
) STRICT;

-- Streams that have begun and not ended, and their parts.
CREATE TABLE tautline_streams (
  id BLOB PRIMARY KEY,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  rooms TEXT NOT NULL,
  payload TEXT NOT NULL,
  attachments BLOB,
  number INTEGER NOT NULL,
  lease_until INTEGER NOT NULL
) STRICT;

CREATE TABLE tautline_parts (
  stream BLOB NOT NULL,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;

-- Questions that were put and not settled.
CREATE TABLE tautline_questions (
  id BLOB PRIMARY KEY,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  rooms TEXT NOT NULL,
  payload TEXT NOT NULL,
  attachments BLOB,
  expires_at INTEGER NOT NULL
) STRICT;

-- How far each user has got in a room.
CREATE TABLE tautline_receipts (
  room INTEGER NOT NULL,
  subject TEXT NOT NULL,
  delivered INTEGER NOT NULL,
  read INTEGER NOT NULL,
  PRIMARY KEY (room, subject)
) STRICT, WITHOUT ROWID;
