-- What a ward decides for itself, in full, and when its visiting times do not run.
ALTER TABLE policies ADD COLUMN staff_earliest_minutes INTEGER NOT NULL DEFAULT 527040;
ALTER TABLE policies ADD COLUMN staff_notice_minutes INTEGER NOT NULL DEFAULT 0
  CONSTRAINT policies_staff CHECK (staff_earliest_minutes > 0 AND staff_notice_minutes >= 0);
-- How many visits a week the ward would like each patient to have; 0 for no aim.
ALTER TABLE policies ADD COLUMN weekly_min INTEGER NOT NULL DEFAULT 0;
-- How many visits a week relatives may book for one patient; 0 for no limit.
ALTER TABLE policies ADD COLUMN weekly_max INTEGER NOT NULL DEFAULT 0;
-- The first day of the week in which they are counted; 0 is Sunday.
ALTER TABLE policies ADD COLUMN week_starts INTEGER NOT NULL DEFAULT 1 CONSTRAINT policies_weekly CHECK (
  weekly_min >= 0 AND weekly_max >= 0 AND (weekly_max = 0 OR weekly_min <= weekly_max) AND week_starts BETWEEN 0 AND 6);
-- How long a freed time is kept for whoever is next on the waiting list.
ALTER TABLE policies ADD COLUMN offer_minutes INTEGER NOT NULL DEFAULT 120 CONSTRAINT policies_offer CHECK (offer_minutes > 0);
-- Minutes around visits of patients with such an infection, where that differs from
-- prepare_minutes; likewise below.
ALTER TABLE policies ADD COLUMN contact_prepare INTEGER;
ALTER TABLE policies ADD COLUMN contact_clean INTEGER;
ALTER TABLE policies ADD COLUMN droplet_prepare INTEGER;
ALTER TABLE policies ADD COLUMN droplet_clean INTEGER;
ALTER TABLE policies ADD COLUMN airborne_prepare INTEGER;
ALTER TABLE policies ADD COLUMN airborne_clean INTEGER CONSTRAINT policies_infected CHECK (
  (contact_prepare IS NULL) = (contact_clean IS NULL) AND (droplet_prepare IS NULL) = (droplet_clean IS NULL)
  AND (airborne_prepare IS NULL) = (airborne_clean IS NULL)
  AND min(COALESCE(contact_prepare, 0), COALESCE(contact_clean, 0), COALESCE(droplet_prepare, 0),
          COALESCE(droplet_clean, 0), COALESCE(airborne_prepare, 0), COALESCE(airborne_clean, 0)) >= 0);
ALTER TABLE policies ADD COLUMN made_at TEXT;
-- Who decided it; empty for the policy a ward begins with.
ALTER TABLE policies ADD COLUMN made_by TEXT NOT NULL DEFAULT '';

-- Made anew, since SQLite cannot change a constraint.
CREATE TABLE sessions_made_anew (
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
  -- Counted in weeks from valid_from.
  every_weeks INTEGER NOT NULL DEFAULT 1,
  -- At most this many relatives at one visit; 0 for as many as the policy says.
  people INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT sessions_forwards CHECK (
    weekday BETWEEN 0 AND 6 AND 0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440),
  CONSTRAINT sessions_lengths CHECK (length_minutes > 0 AND step_minutes > 0),
  CONSTRAINT sessions_audience CHECK (audience IN ('relatives', 'staff', 'end_of_life')),
  CONSTRAINT sessions_every CHECK (every_weeks BETWEEN 1 AND 52),
  CONSTRAINT sessions_people CHECK (people >= 0),
  CONSTRAINT sessions_valid CHECK (valid_to IS NULL OR valid_from <= valid_to)
) STRICT;
INSERT INTO sessions_made_anew (id, ward_id, weekday, starts_minute, ends_minute, length_minutes, step_minutes, valid_from, valid_to, audience)
SELECT id, ward_id, weekday, starts_minute, ends_minute, length_minutes, step_minutes, valid_from, valid_to, audience FROM sessions;
DROP TABLE sessions;
ALTER TABLE sessions_made_anew RENAME TO sessions;
CREATE INDEX sessions_ward ON sessions (ward_id);

-- When visiting times do not run: a ward, a bay of it or one session, on days from one to
-- another, all day or between two times of each day.
CREATE TABLE closures (
  id TEXT NOT NULL PRIMARY KEY,
  ward_id TEXT NOT NULL REFERENCES wards,
  -- The bay that is closed; empty for the whole ward.
  bay TEXT NOT NULL DEFAULT '',
  session_id TEXT REFERENCES sessions,
  from_on TEXT NOT NULL,
  to_on TEXT NOT NULL,
  starts_minute INTEGER NOT NULL,
  ends_minute INTEGER NOT NULL,
  reason TEXT NOT NULL,
  -- Who answers for it.
  owner TEXT NOT NULL,
  -- When somebody is to ask whether it is still needed.
  review_on TEXT NOT NULL,
  made_at TEXT NOT NULL,
  reopened_at TEXT,
  reopened_by TEXT NOT NULL DEFAULT '',
  CONSTRAINT closures_forwards CHECK (
    from_on <= to_on AND 0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440),
  CONSTRAINT closures_reason CHECK (reason <> '' AND owner <> ''),
  CONSTRAINT closures_scope CHECK (bay = '' OR session_id IS NULL)
) STRICT;
CREATE INDEX closures_ward ON closures (ward_id, to_on) WHERE reopened_at IS NULL;

-- Meals, rounds and rest: times of day in which a ward does not want visits.
CREATE TABLE protected_times (
  id TEXT NOT NULL PRIMARY KEY,
  ward_id TEXT NOT NULL REFERENCES wards,
  -- The days of the week, one bit each; Sunday is 1.
  days INTEGER NOT NULL,
  starts_minute INTEGER NOT NULL,
  ends_minute INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  CONSTRAINT protected_times_days CHECK (days BETWEEN 1 AND 127),
  CONSTRAINT protected_times_forwards CHECK (
    0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440),
  CONSTRAINT protected_times_purpose CHECK (purpose <> '')
) STRICT;
CREATE INDEX protected_times_ward ON protected_times (ward_id);

-- How it spreads, which decides how an iPad is cleaned.
ALTER TABLE patients ADD COLUMN infection TEXT NOT NULL DEFAULT 'none'
  CONSTRAINT patients_infection CHECK (infection IN ('none', 'contact', 'droplet', 'airborne'));
-- The record of the same person that is used instead of this one.
ALTER TABLE patients ADD COLUMN merged_into TEXT REFERENCES patients
  CONSTRAINT patients_merged CHECK (merged_into IS NULL OR merged_into <> id);

-- The bay where it is at home; empty for the whole ward.
ALTER TABLE devices ADD COLUMN zone TEXT NOT NULL DEFAULT '';
-- Whether it never leaves its zone, nor any other iPad enters that: an infected bay.
ALTER TABLE devices ADD COLUMN dedicated INTEGER NOT NULL DEFAULT 0
  CHECK (dedicated IN (0, 1)) CONSTRAINT devices_dedicated CHECK (dedicated = 0 OR zone <> '');

-- iPads lent by the ward they belong to, for a time.
CREATE TABLE device_loans (
  id TEXT NOT NULL PRIMARY KEY,
  device_id TEXT NOT NULL REFERENCES devices,
  to_ward TEXT NOT NULL REFERENCES wards,
  from_at TEXT NOT NULL,
  to_at TEXT NOT NULL,
  -- When it was taken back early; null while the loan stands.
  returned_at TEXT,
  lent_by TEXT NOT NULL,
  CONSTRAINT device_loans_forwards CHECK (from_at < to_at)
) STRICT;
CREATE INDEX device_loans_device ON device_loans (device_id, to_at) WHERE returned_at IS NULL;
CREATE INDEX device_loans_ward ON device_loans (to_ward, to_at) WHERE returned_at IS NULL;

-- One iPad is in one ward at a time: SQLite's exclusion constraint, as of reservations.
CREATE TRIGGER device_loans_no_overlap_insert BEFORE INSERT ON device_loans
WHEN NEW.returned_at IS NULL AND EXISTS (
  SELECT 1 FROM device_loans AS lent
  WHERE lent.device_id = NEW.device_id AND lent.returned_at IS NULL
    AND lent.from_at < NEW.to_at AND NEW.from_at < lent.to_at)
BEGIN SELECT RAISE(ABORT, 'device_loans_no_overlap'); END;
CREATE TRIGGER device_loans_no_overlap_update BEFORE UPDATE ON device_loans
WHEN NEW.returned_at IS NULL AND EXISTS (
  SELECT 1 FROM device_loans AS lent
  WHERE lent.id <> OLD.id AND lent.device_id = NEW.device_id AND lent.returned_at IS NULL
    AND lent.from_at < NEW.to_at AND NEW.from_at < lent.to_at)
BEGIN SELECT RAISE(ABORT, 'device_loans_no_overlap'); END;
