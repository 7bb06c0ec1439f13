CREATE TABLE wall_screens (
  id uuid NOT NULL PRIMARY KEY,
  ward_id uuid NOT NULL REFERENCES wards,
  name text NOT NULL,
  added_at timestamptz NOT NULL,
  added_by text NOT NULL,
  code_hash text,
  code_expires_at timestamptz,
  key_hash text,
  last_seen timestamptz,
  CONSTRAINT wall_screens_code CHECK ((code_hash IS NULL) = (code_expires_at IS NULL))
);
CREATE INDEX wall_screens_ward ON wall_screens (ward_id);
CREATE UNIQUE INDEX wall_screens_code_once ON wall_screens (code_hash);
CREATE UNIQUE INDEX wall_screens_key_once ON wall_screens (key_hash);
COMMENT ON TABLE wall_screens IS 'Screens on a ward''s wall, which show its day and can do nothing. Each has a key of its own, as an iPad has; a code that is typed on the screen makes its browser into one.';
COMMENT ON COLUMN wall_screens.name IS 'Where it hangs, in the ward''s words.';
COMMENT ON COLUMN wall_screens.code_hash IS 'Keyed hash of the code that is still to be typed on it; null once it was.';
COMMENT ON COLUMN wall_screens.key_hash IS 'SHA-256 of the key in its cookie; null until it is paired.';
