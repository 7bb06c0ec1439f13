-- Wards' published visiting times, every week, in minutes after local midnight: two o'clock is
-- two o'clock on both sides of a clock change.
CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY,
  ward_id TEXT NOT NULL REFERENCES wards,
  -- 0 is Sunday.
  weekday INTEGER NOT NULL,
  starts_minute INTEGER NOT NULL,
  ends_minute INTEGER NOT NULL,
  -- Of one visit; elapsed time.
  length_minutes INTEGER NOT NULL,
  -- Between the beginnings of two visits.
  step_minutes INTEGER NOT NULL,
  valid_from TEXT NOT NULL,
  -- The last day; null for no end.
  valid_to TEXT,
  audience TEXT NOT NULL,
  CONSTRAINT sessions_forwards CHECK (
    weekday BETWEEN 0 AND 6 AND 0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440),
  CONSTRAINT sessions_lengths CHECK (length_minutes > 0 AND step_minutes > 0),
  CONSTRAINT sessions_audience CHECK (audience IN ('relatives', 'staff'))
) STRICT;
CREATE INDEX sessions_ward ON sessions (ward_id);
