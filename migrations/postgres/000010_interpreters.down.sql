DROP TRIGGER interpreter_rest ON reservations;
DROP FUNCTION interpreter_rest();
DROP TRIGGER interpreter_not_away ON reservations;
DROP FUNCTION interpreter_not_away();
DROP TABLE interpreter_forgone;
DROP TABLE interpreter_avoided;
DROP TABLE interpreter_away;
DROP FUNCTION interpreter_away_free();
DROP INDEX interpreter_bookings_open;
ALTER TABLE interpreter_bookings DROP CONSTRAINT interpreter_bookings_spoke;
ALTER TABLE interpreter_bookings DROP CONSTRAINT interpreter_bookings_answer_by;
ALTER TABLE interpreter_bookings DROP CONSTRAINT interpreter_bookings_state;
UPDATE interpreter_bookings SET state = 'declined' WHERE state IN ('lapsed', 'relieved', 'missed');
ALTER TABLE interpreter_bookings
  ADD CONSTRAINT interpreter_bookings_state CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn'));
ALTER TABLE interpreter_bookings DROP COLUMN answer_by, DROP COLUMN spoke_at;
ALTER TABLE interpreter_tongues DROP COLUMN level;
ALTER TABLE interpreters DROP COLUMN rest_minutes;
