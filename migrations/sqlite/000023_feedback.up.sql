-- What people said a visit was like: one answer for each person and visit.
CREATE TABLE visit_feedback (
  id TEXT NOT NULL PRIMARY KEY,
  visit_id TEXT NOT NULL REFERENCES visits,
  -- That the visit was in.
  ward_id TEXT NOT NULL REFERENCES wards,
  side TEXT NOT NULL,
  -- The id of a member of staff or a visitor; of two tables, so no foreign key. On the patient's side there is one person, and always the same word.
  who TEXT NOT NULL,
  answer TEXT NOT NULL,
  -- Their own; empty for none.
  words TEXT NOT NULL DEFAULT '',
  -- Whether they said that the ward may ask them about it, and so may know who they are.
  may_ask INTEGER NOT NULL DEFAULT 0 CHECK (may_ask IN (0, 1)),
  said_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  CONSTRAINT visit_feedback_side CHECK (side IN ('staff', 'visitor', 'patient')),
  CONSTRAINT visit_feedback_answer CHECK (answer IN ('good', 'all_right', 'not_good')),
  CONSTRAINT visit_feedback_ask CHECK (NOT may_ask OR words <> '')
) STRICT;
CREATE UNIQUE INDEX visit_feedback_one ON visit_feedback (visit_id, side, who);
CREATE INDEX visit_feedback_ward ON visit_feedback (ward_id, said_at);
