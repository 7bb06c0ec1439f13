-- Who did what to what; written in the transaction of the act, and never changed.
CREATE TABLE audit_events (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  action TEXT NOT NULL,
  -- Kind and id, as "visit 0190...".
  subject TEXT NOT NULL,
  ward_id TEXT REFERENCES wards,
  -- A code or a person's words; never a name.
  reason TEXT NOT NULL DEFAULT '',
  CONSTRAINT audit_events_actor CHECK (actor_kind IN ('staff', 'visitor', 'interpreter', 'device', 'system'))
) STRICT;
CREATE INDEX audit_events_subject ON audit_events (subject, seq);
CREATE INDEX audit_events_ward ON audit_events (ward_id, seq);

CREATE TRIGGER audit_events_append_only_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events_append_only'); END;
CREATE TRIGGER audit_events_append_only_delete BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events_append_only'); END;
