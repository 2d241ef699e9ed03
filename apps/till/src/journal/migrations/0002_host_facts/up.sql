CREATE TABLE enrolment (
  id INTEGER PRIMARY KEY CHECK (id = 1), host_public_key TEXT NOT NULL, enrolled_at_ms INTEGER NOT NULL
) STRICT;

-- JSON: see UplinkState in uplink/store.ts.
CREATE TABLE uplink (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL) STRICT;

CREATE TABLE payment_outcome (
  sale_id TEXT PRIMARY KEY, state TEXT NOT NULL, at_ms INTEGER NOT NULL, cursor INTEGER NOT NULL
) STRICT;

CREATE TABLE stop_list (
  id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, issued_at_ms INTEGER NOT NULL, confirmed_at_ms INTEGER
) STRICT;
INSERT INTO stop_list (id, version, issued_at_ms) VALUES (1, 0, 0);
CREATE TRIGGER stop_list_goes_on BEFORE UPDATE ON stop_list WHEN new.version < old.version
  BEGIN SELECT RAISE(ABORT, 'a stop-list never goes back'); END;
CREATE TABLE stop_list_entry (entry TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
