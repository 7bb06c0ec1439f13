-- A ward's own words in the messages that it sends to families, in versions.
CREATE TABLE ward_messages (
  ward_id TEXT NOT NULL REFERENCES wards,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- With placeholders in square brackets; empty for the usual words alone.
  text TEXT NOT NULL,
  made_at TEXT NOT NULL,
  -- The name of whoever did.
  made_by TEXT NOT NULL,
  CONSTRAINT ward_messages_version PRIMARY KEY (ward_id, kind, version),
  CONSTRAINT ward_messages_counted CHECK (version >= 1)
) STRICT;
