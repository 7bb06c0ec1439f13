-- Whoever was paused stays away.
CREATE TABLE circle_members_made_anew (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  visitor_id TEXT NOT NULL REFERENCES visitors,
  -- What the visitor is to the patient.
  relationship TEXT NOT NULL,
  status TEXT NOT NULL,
  approved_at TEXT,
  CONSTRAINT circle_members_status CHECK (status IN ('proposed', 'approved', 'removed')),
  CONSTRAINT circle_members_approved CHECK (status <> 'approved' OR approved_at IS NOT NULL)
) STRICT;
INSERT INTO circle_members_made_anew (id, patient_id, visitor_id, relationship, status, approved_at)
SELECT id, patient_id, visitor_id, relationship, CASE WHEN status = 'paused' THEN 'proposed' ELSE status END, approved_at FROM circle_members;
DROP TABLE circle_members;
ALTER TABLE circle_members_made_anew RENAME TO circle_members;
CREATE UNIQUE INDEX circle_members_person ON circle_members (patient_id, visitor_id);
CREATE INDEX circle_members_visitor ON circle_members (visitor_id);
