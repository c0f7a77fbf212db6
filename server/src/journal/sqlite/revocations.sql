-- Tokens that are no good any more although their time is not over: by their id, and by their subject and
-- the time at which they were issued.
CREATE TABLE tautline_revocations (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  UNIQUE (kind, name)
) STRICT;
