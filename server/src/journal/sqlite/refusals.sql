-- Of a refusal that says `executed`, the problem stands where the answer would.
ALTER TABLE tautline_answers ADD COLUMN is_refusal INTEGER NOT NULL DEFAULT 0;
