CREATE TABLE sessions (
  id             uuid    NOT NULL PRIMARY KEY,
  ward_id        uuid    NOT NULL REFERENCES wards,
  weekday        integer NOT NULL,
  starts_minute  integer NOT NULL,
  ends_minute    integer NOT NULL,
  length_minutes integer NOT NULL,
  step_minutes   integer NOT NULL,
  valid_from     date    NOT NULL,
  valid_to       date,
  audience       text    NOT NULL,
  CONSTRAINT sessions_forwards CHECK (
    weekday BETWEEN 0 AND 6 AND 0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440),
  CONSTRAINT sessions_lengths CHECK (length_minutes > 0 AND step_minutes > 0),
  CONSTRAINT sessions_audience CHECK (audience IN ('relatives', 'staff'))
);
CREATE INDEX sessions_ward ON sessions (ward_id);
COMMENT ON TABLE sessions IS 'Wards'' published visiting times, every week, in minutes after local midnight: two o''clock is two o''clock on both sides of a clock change.';
COMMENT ON COLUMN sessions.weekday IS '0 is Sunday.';
COMMENT ON COLUMN sessions.length_minutes IS 'Of one visit; elapsed time.';
COMMENT ON COLUMN sessions.step_minutes IS 'Between the beginnings of two visits.';
COMMENT ON COLUMN sessions.valid_to IS 'The last day; null for no end.';
