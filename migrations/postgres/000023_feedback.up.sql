CREATE TABLE visit_feedback (
  id uuid NOT NULL PRIMARY KEY,
  visit_id uuid NOT NULL REFERENCES visits,
  ward_id uuid NOT NULL REFERENCES wards,
  side text NOT NULL,
  who text NOT NULL,
  answer text NOT NULL,
  words text NOT NULL DEFAULT '',
  may_ask boolean NOT NULL DEFAULT false,
  said_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT visit_feedback_side CHECK (side IN ('staff', 'visitor', 'patient')),
  CONSTRAINT visit_feedback_answer CHECK (answer IN ('good', 'all_right', 'not_good')),
  CONSTRAINT visit_feedback_ask CHECK (NOT may_ask OR words <> '')
);
CREATE UNIQUE INDEX visit_feedback_one ON visit_feedback (visit_id, side, who);
CREATE INDEX visit_feedback_ward ON visit_feedback (ward_id, said_at);
COMMENT ON TABLE visit_feedback IS 'What people said a visit was like: one answer for each person and visit.';
COMMENT ON COLUMN visit_feedback.ward_id IS 'That the visit was in.';
COMMENT ON COLUMN visit_feedback.who IS 'The id of a member of staff or a visitor; of two tables, so no foreign key. On the patient''s side there is one person, and always the same word.';
COMMENT ON COLUMN visit_feedback.words IS 'Their own; empty for none.';
COMMENT ON COLUMN visit_feedback.may_ask IS 'Whether they said that the ward may ask them about it, and so may know who they are.';
