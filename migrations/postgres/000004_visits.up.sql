CREATE TABLE visits (
  id              uuid        NOT NULL PRIMARY KEY,
  reference       text        NOT NULL,
  patient_id      uuid        NOT NULL REFERENCES patients,
  ward_id         uuid        NOT NULL REFERENCES wards,
  device_id       uuid        NOT NULL REFERENCES devices,
  state           text        NOT NULL,
  reason          text        NOT NULL DEFAULT '',
  starts_at       timestamptz NOT NULL,
  ends_at         timestamptz NOT NULL,
  prepare_minutes integer     NOT NULL,
  clean_minutes   integer     NOT NULL,
  language        text        NOT NULL DEFAULT '',
  mode            text        NOT NULL DEFAULT '',
  needs           text        NOT NULL DEFAULT '',
  via             text        NOT NULL,
  booked_by_kind  text        NOT NULL,
  booked_by_id    text        NOT NULL,
  booked_by_name  text        NOT NULL,
  policy_version  integer     NOT NULL,
  held_for        uuid        NOT NULL REFERENCES visitors,
  held_until      timestamptz,
  locked          boolean     NOT NULL DEFAULT false,
  covered         boolean     NOT NULL DEFAULT false,
  started_at      timestamptz,
  ended_at        timestamptz,
  version         integer     NOT NULL DEFAULT 1,
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
    date_trunc('minute', starts_at AT TIME ZONE 'UTC') = starts_at AT TIME ZONE 'UTC'
    AND date_trunc('minute', ends_at AT TIME ZONE 'UTC') = ends_at AT TIME ZONE 'UTC')
);
CREATE UNIQUE INDEX visits_reference ON visits (reference);
CREATE UNIQUE INDEX visits_one_hold ON visits (patient_id, held_for) WHERE state = 'held';
CREATE UNIQUE INDEX visits_device_in_one ON visits (device_id) WHERE state IN ('preparing', 'lobby', 'live');
CREATE INDEX visits_ward ON visits (ward_id, starts_at);
CREATE INDEX visits_patient ON visits (patient_id, starts_at);
CREATE INDEX visits_device ON visits (device_id, starts_at);
CREATE INDEX visits_not_over ON visits (ends_at) WHERE state NOT IN ('ended', 'cancelled');
COMMENT ON TABLE visits IS 'Booked meetings; one in the state held is a slot kept while a form is filled in.';
COMMENT ON COLUMN visits.reference IS 'The short public name, made to be read aloud; opens nothing by itself.';
COMMENT ON COLUMN visits.ward_id IS 'At booking.';
COMMENT ON COLUMN visits.reason IS 'Why it was cancelled, or how it ended; beside the state, never another state.';
COMMENT ON COLUMN visits.language IS 'Of the interpreter asked for, a BCP 47 tag; empty for none.';
COMMENT ON COLUMN visits.needs IS 'What would help, as words separated by spaces.';
COMMENT ON COLUMN visits.held_for IS 'The visitor for whom the slot was first kept; each may keep one for each patient.';
COMMENT ON COLUMN visits.started_at IS 'When somebody was first let in.';
COMMENT ON COLUMN visits.version IS 'Of the record, for compare-and-set.';

-- The life of a visit, as drawn at booking.State. Nothing leaves the end of it.
CREATE FUNCTION visits_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state = 'held' THEN RETURN NEW; END IF;
  ELSIF NEW.state = OLD.state OR (OLD.state, NEW.state) IN (
      ('held', 'booked'), ('held', 'cancelled'), ('booked', 'preparing'), ('booked', 'cancelled'),
      ('preparing', 'lobby'), ('preparing', 'cancelled'), ('lobby', 'live'), ('lobby', 'cancelled'),
      ('live', 'ended')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'visits_life' USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_life';
END $$;
CREATE TRIGGER visits_life BEFORE INSERT OR UPDATE OF state ON visits
FOR EACH ROW EXECUTE FUNCTION visits_life();

CREATE TABLE participants (
  id             uuid NOT NULL PRIMARY KEY,
  visit_id       uuid NOT NULL REFERENCES visits,
  role           text NOT NULL,
  visitor_id     uuid REFERENCES visitors,
  interpreter_id uuid REFERENCES interpreters,
  place          text NOT NULL,
  here_since     timestamptz,
  CONSTRAINT participants_who CHECK (
    (role = 'visitor') = (visitor_id IS NOT NULL) AND (role = 'interpreter') = (interpreter_id IS NOT NULL)
    AND role IN ('visitor', 'interpreter')),
  CONSTRAINT participants_place CHECK (place IN ('expected', 'admitted', 'held_back', 'removed'))
);
CREATE UNIQUE INDEX participants_visitor ON participants (visit_id, visitor_id);
CREATE UNIQUE INDEX participants_interpreter ON participants (visit_id, interpreter_id);
CREATE INDEX participants_of_visitor ON participants (visitor_id);
COMMENT ON TABLE participants IS 'Who is expected at a visit beside the patient; the id is their seat in its room.';
COMMENT ON COLUMN participants.place IS 'Where they stand with the ward.';
COMMENT ON COLUMN participants.here_since IS 'When they came to the waiting room; null when not here.';

CREATE TABLE reservations (
  id            uuid        NOT NULL PRIMARY KEY,
  resource_kind text        NOT NULL,
  resource_id   uuid        NOT NULL,
  visit_id      uuid        NOT NULL REFERENCES visits,
  starts_at     timestamptz NOT NULL,
  ends_at       timestamptz NOT NULL,
  state         text        NOT NULL,
  expires_at    timestamptz,
  CONSTRAINT reservations_kind CHECK (resource_kind IN ('device', 'patient', 'interpreter')),
  CONSTRAINT reservations_state CHECK (state IN ('held', 'firm', 'released')),
  CONSTRAINT reservations_held CHECK ((state = 'held') = (expires_at IS NOT NULL)),
  CONSTRAINT reservations_forwards CHECK (starts_at < ends_at),
  CONSTRAINT reservations_whole_minutes CHECK (
    date_trunc('minute', starts_at AT TIME ZONE 'UTC') = starts_at AT TIME ZONE 'UTC'
    AND date_trunc('minute', ends_at AT TIME ZONE 'UTC') = ends_at AT TIME ZONE 'UTC'),
  -- '[)': one visit may begin at the instant another ends.
  CONSTRAINT reservations_no_overlap EXCLUDE USING gist (
    resource_kind WITH =, resource_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&
  ) WHERE (state <> 'released')
);
CREATE UNIQUE INDEX reservations_one_each ON reservations (visit_id, resource_kind) WHERE state <> 'released';
CREATE INDEX reservations_taken ON reservations (resource_kind, resource_id, ends_at) WHERE state <> 'released';
COMMENT ON TABLE reservations IS 'What is taken, for how long, by which visit. Two that are not released never overlap on one resource: this, and nothing above it, is what prevents a double booking.';
COMMENT ON COLUMN reservations.resource_id IS 'The id of the device, patient or interpreter; of three tables, so no foreign key.';
COMMENT ON COLUMN reservations.starts_at IS 'Of a device: with preparing before the visit and cleaning after it.';
COMMENT ON COLUMN reservations.expires_at IS 'When a held one lapses. It blocks until released, so whoever meets it past this time releases it first.';

CREATE TABLE interpreter_bookings (
  id             uuid        NOT NULL PRIMARY KEY,
  visit_id       uuid        NOT NULL REFERENCES visits,
  interpreter_id uuid        NOT NULL REFERENCES interpreters,
  language       text        NOT NULL,
  mode           text        NOT NULL,
  state          text        NOT NULL,
  offered_at     timestamptz NOT NULL,
  answered_at    timestamptz,
  CONSTRAINT interpreter_bookings_state CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
  CONSTRAINT interpreter_bookings_mode CHECK (mode IN ('spoken', 'sign'))
);
CREATE UNIQUE INDEX interpreter_bookings_one_open ON interpreter_bookings (visit_id)
  WHERE state IN ('offered', 'accepted');
CREATE INDEX interpreter_bookings_interpreter ON interpreter_bookings (interpreter_id);
COMMENT ON TABLE interpreter_bookings IS 'Interpreters asked to visits. The interpreter is reserved from the moment of the offer, so an acceptance never comes too late.';
