DROP TRIGGER interpreter_rest_insert;
DROP TRIGGER interpreter_not_away_insert;
DROP TRIGGER interpreter_not_away_update;
DROP TABLE interpreter_forgone;
DROP TABLE interpreter_avoided;
DROP TABLE interpreter_away;
CREATE TABLE interpreter_bookings_made_anew (
  id TEXT NOT NULL PRIMARY KEY,
  visit_id TEXT NOT NULL REFERENCES visits,
  interpreter_id TEXT NOT NULL REFERENCES interpreters,
  language TEXT NOT NULL,
  mode TEXT NOT NULL,
  state TEXT NOT NULL,
  offered_at TEXT NOT NULL,
  answered_at TEXT,
  CONSTRAINT interpreter_bookings_state CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
  CONSTRAINT interpreter_bookings_mode CHECK (mode IN ('spoken', 'sign'))
) STRICT;
INSERT INTO interpreter_bookings_made_anew (id, visit_id, interpreter_id, language, mode, state, offered_at, answered_at)
SELECT id, visit_id, interpreter_id, language, mode,
       CASE WHEN state IN ('lapsed', 'relieved', 'missed') THEN 'declined' ELSE state END, offered_at, answered_at
FROM   interpreter_bookings;
DROP TABLE interpreter_bookings;
ALTER TABLE interpreter_bookings_made_anew RENAME TO interpreter_bookings;
CREATE UNIQUE INDEX interpreter_bookings_one_open ON interpreter_bookings (visit_id)
  WHERE state IN ('offered', 'accepted');
CREATE INDEX interpreter_bookings_interpreter ON interpreter_bookings (interpreter_id);
ALTER TABLE interpreter_tongues DROP COLUMN level;
ALTER TABLE interpreters DROP COLUMN rest_minutes;
