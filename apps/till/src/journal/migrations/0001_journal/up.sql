CREATE TABLE journal (
  seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, payload TEXT NOT NULL, signature TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is appended to and never changed'); END;
CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is appended to and never changed'); END;

-- Up to which entry somebody who knows the time has confirmed the till's clock.
CREATE TABLE clock_agreed (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL) STRICT;

-- Which version of each projection's tables is in this store, and which kinds of entries the program read that folded them.
CREATE TABLE projection (name TEXT PRIMARY KEY, version INTEGER NOT NULL, kinds TEXT NOT NULL) STRICT;
