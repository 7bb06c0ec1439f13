CREATE TABLE audit_events (
  seq        bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  actor_kind text        NOT NULL,
  actor_id   text        NOT NULL,
  action     text        NOT NULL,
  subject    text        NOT NULL,
  ward_id    uuid        REFERENCES wards,
  reason     text        NOT NULL DEFAULT '',
  CONSTRAINT audit_events_actor CHECK (actor_kind IN ('staff', 'visitor', 'interpreter', 'device', 'system'))
);
CREATE INDEX audit_events_subject ON audit_events (subject, seq);
CREATE INDEX audit_events_ward ON audit_events (ward_id, seq);
COMMENT ON TABLE audit_events IS 'Who did what to what; written in the transaction of the act, and never changed.';
COMMENT ON COLUMN audit_events.subject IS 'Kind and id, as "visit 0190...".';
COMMENT ON COLUMN audit_events.reason IS 'A code or a person''s words; never a name.';

CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_events_append_only'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_events_append_only';
END $$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION audit_events_append_only();
