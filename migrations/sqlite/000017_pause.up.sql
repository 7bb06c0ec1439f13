-- Who may visit whom. Somebody of a circle may be kept from visiting for a while. Made
-- anew, since SQLite cannot change a constraint.
CREATE TABLE circle_members_made_anew (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  visitor_id TEXT NOT NULL REFERENCES visitors,
  -- What the visitor is to the patient.
  relationship TEXT NOT NULL,
  status TEXT NOT NULL,
  approved_at TEXT,
  -- For staff only; empty unless paused.
  paused_why TEXT NOT NULL DEFAULT '',
  CONSTRAINT circle_members_status CHECK (status IN ('proposed', 'approved', 'paused', 'removed')),
  CONSTRAINT circle_members_approved CHECK (status NOT IN ('approved', 'paused') OR approved_at IS NOT NULL),
  CONSTRAINT circle_members_paused CHECK ((status = 'paused') = (paused_why <> ''))
) STRICT;
INSERT INTO circle_members_made_anew (id, patient_id, visitor_id, relationship, status, approved_at)
SELECT id, patient_id, visitor_id, relationship, status, approved_at FROM circle_members;
DROP TABLE circle_members;
ALTER TABLE circle_members_made_anew RENAME TO circle_members;
CREATE UNIQUE INDEX circle_members_person ON circle_members (patient_id, visitor_id);
CREATE INDEX circle_members_visitor ON circle_members (visitor_id);
