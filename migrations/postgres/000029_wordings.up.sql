CREATE TABLE ward_messages (
  ward_id uuid NOT NULL REFERENCES wards,
  kind    text NOT NULL,
  version integer NOT NULL,
  text    text NOT NULL,
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  CONSTRAINT ward_messages_version PRIMARY KEY (ward_id, kind, version),
  CONSTRAINT ward_messages_counted CHECK (version >= 1)
);
COMMENT ON TABLE ward_messages IS 'A ward''s own words in the messages that it sends to families, in versions.';
COMMENT ON COLUMN ward_messages.text IS 'With placeholders in square brackets; empty for the usual words alone.';
COMMENT ON COLUMN ward_messages.made_by IS 'The name of whoever did.';
