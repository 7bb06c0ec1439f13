DROP TABLE tasks;
DROP TABLE merge_moves;
DROP TABLE merges;
DROP TABLE movements;
DROP TABLE flags;
DROP TABLE slot_offers;
DROP TABLE waitlist_entries;
DROP TABLE request_times;
DROP TABLE requests;
DROP TABLE overrides;
CREATE TABLE visits_made_anew (
  id TEXT NOT NULL PRIMARY KEY,
  reference TEXT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patients,
  ward_id TEXT NOT NULL REFERENCES wards,
  device_id TEXT NOT NULL REFERENCES devices,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  prepare_minutes INTEGER NOT NULL,
  clean_minutes INTEGER NOT NULL,
  language TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL DEFAULT '',
  needs TEXT NOT NULL DEFAULT '',
  via TEXT NOT NULL,
  booked_by_kind TEXT NOT NULL,
  booked_by_id TEXT NOT NULL,
  booked_by_name TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  held_for TEXT NOT NULL REFERENCES visitors,
  held_until TEXT,
  locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
  covered INTEGER NOT NULL DEFAULT 0 CHECK (covered IN (0, 1)),
  started_at TEXT,
  ended_at TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  FOREIGN KEY (ward_id, policy_version) REFERENCES policies,
  CONSTRAINT visits_state CHECK (state IN ('held', 'booked', 'preparing', 'lobby', 'live', 'ended', 'cancelled')),
  CONSTRAINT visits_reason CHECK ((state IN ('ended', 'cancelled')) = (reason <> '')),
  CONSTRAINT visits_over CHECK ((state IN ('ended', 'cancelled')) = (ended_at IS NOT NULL)),
  CONSTRAINT visits_held CHECK ((state = 'held') = (held_until IS NOT NULL)),
  CONSTRAINT visits_begun CHECK (started_at IS NOT NULL OR state NOT IN ('live', 'ended')),
  CONSTRAINT visits_tongue CHECK ((language = '') = (mode = '') AND mode IN ('', 'spoken', 'sign')),
  CONSTRAINT visits_via CHECK (via IN ('web', 'phone')),
  CONSTRAINT visits_forwards CHECK (starts_at < ends_at),
  CONSTRAINT visits_whole_minutes CHECK (
    substr(starts_at, 17) = ':00.000000Z' AND substr(ends_at, 17) = ':00.000000Z')
) STRICT;
INSERT INTO visits_made_anew (id, reference, patient_id, ward_id, device_id, state, reason, starts_at, ends_at,
       prepare_minutes, clean_minutes, language, mode, needs, via, booked_by_kind, booked_by_id,
       booked_by_name, policy_version, held_for, held_until, locked, covered, started_at, ended_at,
       version)
SELECT id, reference, patient_id, ward_id, device_id, state, reason, starts_at, ends_at,
       prepare_minutes, clean_minutes, language, mode, needs, CASE via WHEN 'import' THEN 'phone' ELSE
       via END, booked_by_kind, booked_by_id, booked_by_name, policy_version, held_for, held_until,
       locked, covered, started_at, ended_at, version
FROM   visits;
DROP TABLE visits;
ALTER TABLE visits_made_anew RENAME TO visits;
CREATE UNIQUE INDEX visits_reference ON visits (reference);
CREATE UNIQUE INDEX visits_one_hold ON visits (patient_id, held_for) WHERE state = 'held';
CREATE UNIQUE INDEX visits_device_in_one ON visits (device_id) WHERE state IN ('preparing', 'lobby', 'live');
CREATE INDEX visits_ward ON visits (ward_id, starts_at);
CREATE INDEX visits_patient ON visits (patient_id, starts_at);
CREATE INDEX visits_device ON visits (device_id, starts_at);
CREATE INDEX visits_not_over ON visits (ends_at) WHERE state NOT IN ('ended', 'cancelled');
-- The life of a visit, as drawn at booking.State. Nothing leaves the end of it.
CREATE TRIGGER visits_life_insert BEFORE INSERT ON visits
WHEN NEW.state <> 'held'
BEGIN SELECT RAISE(ABORT, 'visits_life'); END;
CREATE TRIGGER visits_life_update BEFORE UPDATE OF state ON visits
WHEN NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (VALUES
  ('held', 'booked'), ('held', 'cancelled'), ('booked', 'preparing'), ('booked', 'cancelled'),
  ('preparing', 'lobby'), ('preparing', 'cancelled'), ('lobby', 'live'), ('lobby', 'cancelled'),
  ('live', 'ended'))
BEGIN SELECT RAISE(ABORT, 'visits_life'); END;
DROP TABLE series;
