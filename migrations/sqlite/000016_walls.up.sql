-- Screens on a ward's wall, which show its day and can do nothing. Each has a key of its own, as an
-- iPad has; a code that is typed on the screen makes its browser into one.
CREATE TABLE wall_screens (
  id TEXT NOT NULL PRIMARY KEY,
  ward_id TEXT NOT NULL REFERENCES wards,
  -- Where it hangs, in the ward's words.
  name TEXT NOT NULL,
  added_at TEXT NOT NULL,
  added_by TEXT NOT NULL,
  -- Keyed hash of the code that is still to be typed on it; null once it was.
  code_hash TEXT,
  code_expires_at TEXT,
  -- SHA-256 of the key in its cookie; null until it is paired.
  key_hash TEXT,
  last_seen TEXT,
  CONSTRAINT wall_screens_code CHECK ((code_hash IS NULL) = (code_expires_at IS NULL))
) STRICT;
CREATE INDEX wall_screens_ward ON wall_screens (ward_id);
CREATE UNIQUE INDEX wall_screens_code_once ON wall_screens (code_hash);
CREATE UNIQUE INDEX wall_screens_key_once ON wall_screens (key_hash);
