-- Booked meetings; one in the state held is a slot kept while a form is filled in.
CREATE TABLE visits (
  id TEXT NOT NULL PRIMARY KEY,
  -- The short public name, made to be read aloud; opens nothing by itself.
  reference TEXT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patients,
  -- At booking.
  ward_id TEXT NOT NULL REFERENCES wards,
  device_id TEXT NOT NULL REFERENCES devices,
  state TEXT NOT NULL,
  -- Why it was cancelled, or how it ended; beside the state, never another state.
  reason TEXT NOT NULL DEFAULT '',
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  prepare_minutes INTEGER NOT NULL,
  clean_minutes INTEGER NOT NULL,
  -- Of the interpreter asked for, a BCP 47 tag; empty for none.
  language TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL DEFAULT '',
  -- What would help, as words separated by spaces.
  needs TEXT NOT NULL DEFAULT '',
  via TEXT NOT NULL,
  booked_by_kind TEXT NOT NULL,
  booked_by_id TEXT NOT NULL,
  booked_by_name TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  -- The visitor for whom the slot was first kept; each may keep one for each patient.
  held_for TEXT NOT NULL REFERENCES visitors,
  held_until TEXT,
  locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
  covered INTEGER NOT NULL DEFAULT 0 CHECK (covered IN (0, 1)),
  -- When somebody was first let in.
  started_at TEXT,
  ended_at TEXT,
  -- Of the record, for compare-and-set.
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

-- Who is expected at a visit beside the patient; the id is their seat in its room.
CREATE TABLE participants (
  id TEXT NOT NULL PRIMARY KEY,
  visit_id TEXT NOT NULL REFERENCES visits,
  role TEXT NOT NULL,
  visitor_id TEXT REFERENCES visitors,
  interpreter_id TEXT REFERENCES interpreters,
  -- Where they stand with the ward.
  place TEXT NOT NULL,
  -- When they came to the waiting room; null when not here.
  here_since TEXT,
  CONSTRAINT participants_who CHECK (
    (role = 'visitor') = (visitor_id IS NOT NULL) AND (role = 'interpreter') = (interpreter_id IS NOT NULL)
    AND role IN ('visitor', 'interpreter')),
  CONSTRAINT participants_place CHECK (place IN ('expected', 'admitted', 'held_back', 'removed'))
) STRICT;
CREATE UNIQUE INDEX participants_visitor ON participants (visit_id, visitor_id);
CREATE UNIQUE INDEX participants_interpreter ON participants (visit_id, interpreter_id);
CREATE INDEX participants_of_visitor ON participants (visitor_id);

-- What is taken, for how long, by which visit. Two that are not released never overlap on one
-- resource: this, and nothing above it, is what prevents a double booking.
CREATE TABLE reservations (
  id TEXT NOT NULL PRIMARY KEY,
  resource_kind TEXT NOT NULL,
  -- The id of the device, patient or interpreter; of three tables, so no foreign key.
  resource_id TEXT NOT NULL,
  visit_id TEXT NOT NULL REFERENCES visits,
  -- Of a device: with preparing before the visit and cleaning after it.
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  state TEXT NOT NULL,
  -- When a held one lapses. It blocks until released, so whoever meets it past this time
  -- releases it first.
  expires_at TEXT,
  CONSTRAINT reservations_kind CHECK (resource_kind IN ('device', 'patient', 'interpreter')),
  CONSTRAINT reservations_state CHECK (state IN ('held', 'firm', 'released')),
  CONSTRAINT reservations_held CHECK ((state = 'held') = (expires_at IS NOT NULL)),
  CONSTRAINT reservations_forwards CHECK (starts_at < ends_at),
  CONSTRAINT reservations_whole_minutes CHECK (
    substr(starts_at, 17) = ':00.000000Z' AND substr(ends_at, 17) = ':00.000000Z')
) STRICT;
CREATE UNIQUE INDEX reservations_one_each ON reservations (visit_id, resource_kind) WHERE state <> 'released';
CREATE INDEX reservations_taken ON reservations (resource_kind, resource_id, ends_at) WHERE state <> 'released';

-- SQLite has no exclusion constraints: reservations_no_overlap is this trigger and its twin. The
-- intervals are half-open: one visit may begin at the instant another ends.
CREATE TRIGGER reservations_no_overlap_insert BEFORE INSERT ON reservations
WHEN NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM reservations AS taken
  WHERE taken.resource_kind = NEW.resource_kind AND taken.resource_id = NEW.resource_id
    AND taken.state <> 'released'
    AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)
BEGIN SELECT RAISE(ABORT, 'reservations_no_overlap'); END;
CREATE TRIGGER reservations_no_overlap_update BEFORE UPDATE ON reservations
WHEN NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM reservations AS taken
  WHERE taken.id <> OLD.id
    AND taken.resource_kind = NEW.resource_kind AND taken.resource_id = NEW.resource_id
    AND taken.state <> 'released'
    AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)
BEGIN SELECT RAISE(ABORT, 'reservations_no_overlap'); END;

-- Interpreters asked to visits. The interpreter is reserved from the moment of the offer, so an
-- acceptance never comes too late.
CREATE TABLE interpreter_bookings (
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
CREATE UNIQUE INDEX interpreter_bookings_one_open ON interpreter_bookings (visit_id)
  WHERE state IN ('offered', 'accepted');
CREATE INDEX interpreter_bookings_interpreter ON interpreter_bookings (interpreter_id);
