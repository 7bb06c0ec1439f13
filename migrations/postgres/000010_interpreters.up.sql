-- Interpreters as a resource in full: levels, rest and time off; offers that are passed on; who
-- would rather be seen again, and who goes on without.
ALTER TABLE interpreters ADD COLUMN rest_minutes integer NOT NULL DEFAULT 0
  CONSTRAINT interpreters_rest CHECK (rest_minutes BETWEEN 0 AND 240);
COMMENT ON COLUMN interpreters.rest_minutes IS 'Between the end of one visit and the beginning of the next.';

ALTER TABLE interpreter_tongues ADD COLUMN level text NOT NULL DEFAULT 'qualified'
  CONSTRAINT interpreter_tongues_level CHECK (level IN ('trainee', 'qualified', 'registered'));
COMMENT ON COLUMN interpreter_tongues.level IS 'What stands behind their word: registered is on a public register (NRPSI, NRCPD).';

CREATE TABLE interpreter_away (
  id             uuid        NOT NULL PRIMARY KEY,
  interpreter_id uuid        NOT NULL REFERENCES interpreters,
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL,
  reason         text        NOT NULL,
  CONSTRAINT interpreter_away_forwards CHECK (starts_at < ends_at),
  CONSTRAINT interpreter_away_reason CHECK (reason IN ('leave', 'illness', 'training', 'other')),
  CONSTRAINT interpreter_away_whole_minutes CHECK (
    date_trunc('minute', starts_at AT TIME ZONE 'UTC') = starts_at AT TIME ZONE 'UTC'
    AND date_trunc('minute', ends_at AT TIME ZONE 'UTC') = ends_at AT TIME ZONE 'UTC')
);
CREATE INDEX interpreter_away_of ON interpreter_away (interpreter_id, ends_at);
COMMENT ON TABLE interpreter_away IS 'When interpreters are away, whatever their hours say. The reason is one of a few words, so that nobody is asked what is wrong with them.';

ALTER TABLE interpreter_bookings ADD COLUMN answer_by timestamptz, ADD COLUMN spoke_at timestamptz;
COMMENT ON COLUMN interpreter_bookings.answer_by IS 'When the next interpreter is asked instead; null for never, and once answered.';
COMMENT ON COLUMN interpreter_bookings.spoke_at IS 'When they last said that they come.';
UPDATE interpreter_bookings SET spoke_at = COALESCE(answered_at, offered_at) WHERE state = 'accepted';
ALTER TABLE interpreter_bookings DROP CONSTRAINT interpreter_bookings_state;
ALTER TABLE interpreter_bookings
  ADD CONSTRAINT interpreter_bookings_state CHECK (
    state IN ('offered', 'accepted', 'declined', 'withdrawn', 'lapsed', 'relieved', 'missed')),
  ADD CONSTRAINT interpreter_bookings_answer_by CHECK (answer_by IS NULL OR state = 'offered'),
  ADD CONSTRAINT interpreter_bookings_spoke CHECK (state <> 'accepted' OR spoke_at IS NOT NULL);
CREATE INDEX interpreter_bookings_open ON interpreter_bookings (visit_id, interpreter_id)
  WHERE state IN ('offered', 'accepted');

CREATE TABLE interpreter_avoided (
  patient_id     uuid        NOT NULL REFERENCES patients,
  interpreter_id uuid        NOT NULL REFERENCES interpreters,
  at             timestamptz NOT NULL,
  PRIMARY KEY (patient_id, interpreter_id)
);
COMMENT ON TABLE interpreter_avoided IS 'Interpreters that a patient or their family asked not to be sent again. Nobody has to say why.';

CREATE TABLE interpreter_forgone (
  visit_id uuid        NOT NULL PRIMARY KEY REFERENCES visits,
  language text        NOT NULL,
  mode     text        NOT NULL,
  at       timestamptz NOT NULL,
  by_kind  text        NOT NULL,
  CONSTRAINT interpreter_forgone_by CHECK (by_kind IN ('staff', 'visitor'))
);
COMMENT ON TABLE interpreter_forgone IS 'Visits that go on without the interpreter they asked for, because somebody decided so.';
COMMENT ON COLUMN interpreter_forgone.by_kind IS 'Whether the family decided, or the ward for them.';

-- Nobody is reserved while they are away, nor goes away while they are reserved. Both sides lock
-- the interpreter first, so that of two who race the second sees what the first did.
CREATE FUNCTION interpreter_not_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM interpreters WHERE id = NEW.resource_id FOR UPDATE;
  IF EXISTS (
      SELECT 1 FROM interpreter_away AS away
      WHERE away.interpreter_id = NEW.resource_id AND away.starts_at < NEW.ends_at AND NEW.starts_at < away.ends_at) THEN
    RAISE EXCEPTION 'interpreter_not_away' USING ERRCODE = 'check_violation', CONSTRAINT = 'interpreter_not_away';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER interpreter_not_away BEFORE INSERT OR UPDATE OF starts_at, ends_at, resource_id, state ON reservations
FOR EACH ROW WHEN (NEW.resource_kind = 'interpreter' AND NEW.state <> 'released')
EXECUTE FUNCTION interpreter_not_away();

CREATE FUNCTION interpreter_away_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM interpreters WHERE id = NEW.interpreter_id FOR UPDATE;
  IF EXISTS (
      SELECT 1 FROM reservations AS taken
      WHERE taken.resource_kind = 'interpreter' AND taken.resource_id = NEW.interpreter_id AND taken.state <> 'released'
        AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at) THEN
    RAISE EXCEPTION 'interpreter_away_free' USING ERRCODE = 'check_violation', CONSTRAINT = 'interpreter_away_free';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER interpreter_away_free BEFORE INSERT OR UPDATE ON interpreter_away
FOR EACH ROW EXECUTE FUNCTION interpreter_away_free();

-- Nobody is sent to two visits without their rest between them. Only asked of a new reservation: a
-- visit that is extended, and a rest that is made longer, leave what was agreed as it is.
CREATE FUNCTION interpreter_rest() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  rest interval;
BEGIN
  SELECT make_interval(mins => i.rest_minutes) INTO rest FROM interpreters AS i WHERE i.id = NEW.resource_id FOR UPDATE;
  IF EXISTS (
      SELECT 1 FROM reservations AS taken
      WHERE taken.resource_kind = 'interpreter' AND taken.resource_id = NEW.resource_id AND taken.state <> 'released'
        AND taken.starts_at < NEW.ends_at + rest AND NEW.starts_at < taken.ends_at + rest
        AND NOT (taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)) THEN
    RAISE EXCEPTION 'interpreter_rest' USING ERRCODE = 'check_violation', CONSTRAINT = 'interpreter_rest';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER interpreter_rest BEFORE INSERT ON reservations
FOR EACH ROW WHEN (NEW.resource_kind = 'interpreter' AND NEW.state <> 'released')
EXECUTE FUNCTION interpreter_rest();
