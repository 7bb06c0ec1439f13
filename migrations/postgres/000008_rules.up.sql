-- What a ward decides for itself, in full, and when its visiting times do not run.
ALTER TABLE policies
  ADD COLUMN staff_earliest_minutes integer NOT NULL DEFAULT 527040,
  ADD COLUMN staff_notice_minutes   integer NOT NULL DEFAULT 0,
  ADD COLUMN weekly_min             integer NOT NULL DEFAULT 0,
  ADD COLUMN weekly_max             integer NOT NULL DEFAULT 0,
  ADD COLUMN week_starts            integer NOT NULL DEFAULT 1,
  ADD COLUMN offer_minutes          integer NOT NULL DEFAULT 120,
  ADD COLUMN contact_prepare        integer,
  ADD COLUMN contact_clean          integer,
  ADD COLUMN droplet_prepare        integer,
  ADD COLUMN droplet_clean          integer,
  ADD COLUMN airborne_prepare        integer,
  ADD COLUMN airborne_clean          integer,
  ADD COLUMN made_at                timestamptz,
  ADD COLUMN made_by                text    NOT NULL DEFAULT '',
  ADD CONSTRAINT policies_staff CHECK (staff_earliest_minutes > 0 AND staff_notice_minutes >= 0),
  ADD CONSTRAINT policies_weekly CHECK (
    weekly_min >= 0 AND weekly_max >= 0 AND (weekly_max = 0 OR weekly_min <= weekly_max) AND week_starts BETWEEN 0 AND 6),
  ADD CONSTRAINT policies_offer CHECK (offer_minutes > 0),
  ADD CONSTRAINT policies_infected CHECK (
    (contact_prepare IS NULL) = (contact_clean IS NULL) AND (droplet_prepare IS NULL) = (droplet_clean IS NULL)
    AND (airborne_prepare IS NULL) = (airborne_clean IS NULL)
    AND least(contact_prepare, contact_clean, droplet_prepare, droplet_clean, airborne_prepare, airborne_clean) >= 0);
COMMENT ON COLUMN policies.weekly_min IS 'How many visits a week the ward would like each patient to have; 0 for no aim.';
COMMENT ON COLUMN policies.weekly_max IS 'How many visits a week relatives may book for one patient; 0 for no limit.';
COMMENT ON COLUMN policies.week_starts IS 'The first day of the week in which they are counted; 0 is Sunday.';
COMMENT ON COLUMN policies.offer_minutes IS 'How long a freed time is kept for whoever is next on the waiting list.';
COMMENT ON COLUMN policies.contact_prepare IS 'Minutes around visits of patients with such an infection, where that differs from prepare_minutes; likewise below.';
COMMENT ON COLUMN policies.made_by IS 'Who decided it; empty for the policy a ward begins with.';

ALTER TABLE sessions
  ADD COLUMN every_weeks integer NOT NULL DEFAULT 1,
  ADD COLUMN people      integer NOT NULL DEFAULT 0,
  DROP CONSTRAINT sessions_audience,
  ADD CONSTRAINT sessions_audience CHECK (audience IN ('relatives', 'staff', 'end_of_life')),
  ADD CONSTRAINT sessions_every CHECK (every_weeks BETWEEN 1 AND 52),
  ADD CONSTRAINT sessions_people CHECK (people >= 0),
  ADD CONSTRAINT sessions_valid CHECK (valid_to IS NULL OR valid_from <= valid_to);
COMMENT ON COLUMN sessions.every_weeks IS 'Counted in weeks from valid_from.';
COMMENT ON COLUMN sessions.people IS 'At most this many relatives at one visit; 0 for as many as the policy says.';

CREATE TABLE closures (
  id            uuid    NOT NULL PRIMARY KEY,
  ward_id       uuid    NOT NULL REFERENCES wards,
  bay           text    NOT NULL DEFAULT '',
  session_id    uuid    REFERENCES sessions,
  from_on       date    NOT NULL,
  to_on         date    NOT NULL,
  starts_minute integer NOT NULL,
  ends_minute   integer NOT NULL,
  reason        text    NOT NULL,
  owner         text    NOT NULL,
  review_on     date    NOT NULL,
  made_at       timestamptz NOT NULL,
  reopened_at   timestamptz,
  reopened_by   text    NOT NULL DEFAULT '',
  CONSTRAINT closures_forwards CHECK (
    from_on <= to_on AND 0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440),
  CONSTRAINT closures_reason CHECK (reason <> '' AND owner <> ''),
  CONSTRAINT closures_scope CHECK (bay = '' OR session_id IS NULL)
);
CREATE INDEX closures_ward ON closures (ward_id, to_on) WHERE reopened_at IS NULL;
COMMENT ON TABLE closures IS 'When visiting times do not run: a ward, a bay of it or one session, on days from one to another, all day or between two times of each day.';
COMMENT ON COLUMN closures.bay IS 'The bay that is closed; empty for the whole ward.';
COMMENT ON COLUMN closures.owner IS 'Who answers for it.';
COMMENT ON COLUMN closures.review_on IS 'When somebody is to ask whether it is still needed.';

CREATE TABLE protected_times (
  id            uuid    NOT NULL PRIMARY KEY,
  ward_id       uuid    NOT NULL REFERENCES wards,
  days          integer NOT NULL,
  starts_minute integer NOT NULL,
  ends_minute   integer NOT NULL,
  purpose       text    NOT NULL,
  CONSTRAINT protected_times_days CHECK (days BETWEEN 1 AND 127),
  CONSTRAINT protected_times_forwards CHECK (
    0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440),
  CONSTRAINT protected_times_purpose CHECK (purpose <> '')
);
CREATE INDEX protected_times_ward ON protected_times (ward_id);
COMMENT ON TABLE protected_times IS 'Meals, rounds and rest: times of day in which a ward does not want visits.';
COMMENT ON COLUMN protected_times.days IS 'The days of the week, one bit each; Sunday is 1.';

ALTER TABLE patients
  ADD COLUMN infection   text NOT NULL DEFAULT 'none',
  ADD COLUMN merged_into uuid REFERENCES patients,
  ADD CONSTRAINT patients_infection CHECK (infection IN ('none', 'contact', 'droplet', 'airborne')),
  ADD CONSTRAINT patients_merged CHECK (merged_into IS NULL OR merged_into <> id);
COMMENT ON COLUMN patients.infection IS 'How it spreads, which decides how an iPad is cleaned.';
COMMENT ON COLUMN patients.merged_into IS 'The record of the same person that is used instead of this one.';

ALTER TABLE devices
  ADD COLUMN zone      text    NOT NULL DEFAULT '',
  ADD COLUMN dedicated boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT devices_dedicated CHECK (NOT dedicated OR zone <> '');
COMMENT ON COLUMN devices.zone IS 'The bay where it is at home; empty for the whole ward.';
COMMENT ON COLUMN devices.dedicated IS 'Whether it never leaves its zone, nor any other iPad enters that: an infected bay.';

CREATE TABLE device_loans (
  id          uuid        NOT NULL PRIMARY KEY,
  device_id   uuid        NOT NULL REFERENCES devices,
  to_ward     uuid        NOT NULL REFERENCES wards,
  from_at     timestamptz NOT NULL,
  to_at       timestamptz NOT NULL,
  returned_at timestamptz,
  lent_by     text        NOT NULL,
  CONSTRAINT device_loans_forwards CHECK (from_at < to_at),
  -- One iPad is in one ward at a time.
  CONSTRAINT device_loans_no_overlap EXCLUDE USING gist (
    device_id WITH =, tstzrange(from_at, to_at, '[)') WITH &&) WHERE (returned_at IS NULL)
);
CREATE INDEX device_loans_device ON device_loans (device_id, to_at) WHERE returned_at IS NULL;
CREATE INDEX device_loans_ward ON device_loans (to_ward, to_at) WHERE returned_at IS NULL;
COMMENT ON TABLE device_loans IS 'iPads lent by the ward they belong to, for a time.';
COMMENT ON COLUMN device_loans.returned_at IS 'When it was taken back early; null while the loan stands.';
