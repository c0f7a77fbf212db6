-- Who may not connect, or was not allowed to lately: the next ban is longer.
CREATE TABLE tautline_bans (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  level INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
