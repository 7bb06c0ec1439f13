-- Interpreters as a resource in full: levels, rest and time off; offers that are passed on; who
-- would rather be seen again, and who goes on without.
-- Between the end of one visit and the beginning of the next.
ALTER TABLE interpreters ADD COLUMN rest_minutes INTEGER NOT NULL DEFAULT 0
  CONSTRAINT interpreters_rest CHECK (rest_minutes BETWEEN 0 AND 240);

-- What stands behind their word: registered is on a public register (NRPSI, NRCPD).
ALTER TABLE interpreter_tongues ADD COLUMN level TEXT NOT NULL DEFAULT 'qualified'
  CONSTRAINT interpreter_tongues_level CHECK (level IN ('trainee', 'qualified', 'registered'));

-- When interpreters are away, whatever their hours say. The reason is one of a few words, so that
-- nobody is asked what is wrong with them.
CREATE TABLE interpreter_away (
  id TEXT NOT NULL PRIMARY KEY,
  interpreter_id TEXT NOT NULL REFERENCES interpreters,
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT interpreter_away_forwards CHECK (starts_at < ends_at),
  CONSTRAINT interpreter_away_reason CHECK (reason IN ('leave', 'illness', 'training', 'other')),
  CONSTRAINT interpreter_away_whole_minutes CHECK (
    substr(starts_at, 17) = ':00.000000Z' AND substr(ends_at, 17) = ':00.000000Z')
) STRICT;
CREATE INDEX interpreter_away_of ON interpreter_away (interpreter_id, ends_at);

-- Made anew, since SQLite cannot change a constraint.
CREATE TABLE interpreter_bookings_made_anew (
  id TEXT NOT NULL PRIMARY KEY,
  visit_id TEXT NOT NULL REFERENCES visits,
  interpreter_id TEXT NOT NULL REFERENCES interpreters,
  language TEXT NOT NULL,
  mode TEXT NOT NULL,
  state TEXT NOT NULL,
  offered_at TEXT NOT NULL,
  answered_at TEXT,
  -- When the next interpreter is asked instead; null for never, and once answered.
  answer_by TEXT,
  -- When they last said that they come.
  spoke_at TEXT,
  CONSTRAINT interpreter_bookings_state CHECK (
    state IN ('offered', 'accepted', 'declined', 'withdrawn', 'lapsed', 'relieved', 'missed')),
  CONSTRAINT interpreter_bookings_mode CHECK (mode IN ('spoken', 'sign')),
  CONSTRAINT interpreter_bookings_answer_by CHECK (answer_by IS NULL OR state = 'offered'),
  CONSTRAINT interpreter_bookings_spoke CHECK (state <> 'accepted' OR spoke_at IS NOT NULL)
) STRICT;
INSERT INTO interpreter_bookings_made_anew (id, visit_id, interpreter_id, language, mode, state, offered_at, answered_at, spoke_at)
SELECT id, visit_id, interpreter_id, language, mode, state, offered_at, answered_at,
       CASE WHEN state = 'accepted' THEN COALESCE(answered_at, offered_at) END
FROM   interpreter_bookings;
DROP TABLE interpreter_bookings;
ALTER TABLE interpreter_bookings_made_anew RENAME TO interpreter_bookings;
CREATE UNIQUE INDEX interpreter_bookings_one_open ON interpreter_bookings (visit_id)
  WHERE state IN ('offered', 'accepted');
CREATE INDEX interpreter_bookings_interpreter ON interpreter_bookings (interpreter_id);
CREATE INDEX interpreter_bookings_open ON interpreter_bookings (visit_id, interpreter_id)
  WHERE state IN ('offered', 'accepted');

-- Interpreters that a patient or their family asked not to be sent again. Nobody has to say why.
CREATE TABLE interpreter_avoided (
  patient_id TEXT NOT NULL REFERENCES patients,
  interpreter_id TEXT NOT NULL REFERENCES interpreters,
  at TEXT NOT NULL,
  PRIMARY KEY (patient_id, interpreter_id)
) STRICT;

-- Visits that go on without the interpreter they asked for, because somebody decided so.
CREATE TABLE interpreter_forgone (
  visit_id TEXT NOT NULL PRIMARY KEY REFERENCES visits,
  language TEXT NOT NULL,
  mode TEXT NOT NULL,
  at TEXT NOT NULL,
  -- Whether the family decided, or the ward for them.
  by_kind TEXT NOT NULL,
  CONSTRAINT interpreter_forgone_by CHECK (by_kind IN ('staff', 'visitor'))
) STRICT;

-- Nobody is reserved while they are away, nor goes away while they are reserved.
CREATE TRIGGER interpreter_not_away_insert BEFORE INSERT ON reservations
WHEN NEW.resource_kind = 'interpreter' AND NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM interpreter_away AS away
  WHERE away.interpreter_id = NEW.resource_id AND away.starts_at < NEW.ends_at AND NEW.starts_at < away.ends_at)
BEGIN SELECT RAISE(ABORT, 'interpreter_not_away'); END;
CREATE TRIGGER interpreter_not_away_update BEFORE UPDATE OF starts_at, ends_at, resource_id, state ON reservations
WHEN NEW.resource_kind = 'interpreter' AND NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM interpreter_away AS away
  WHERE away.interpreter_id = NEW.resource_id AND away.starts_at < NEW.ends_at AND NEW.starts_at < away.ends_at)
BEGIN SELECT RAISE(ABORT, 'interpreter_not_away'); END;
CREATE TRIGGER interpreter_away_free_insert BEFORE INSERT ON interpreter_away
WHEN EXISTS (
  SELECT 1 FROM reservations AS taken
  WHERE taken.resource_kind = 'interpreter' AND taken.resource_id = NEW.interpreter_id AND taken.state <> 'released'
    AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)
BEGIN SELECT RAISE(ABORT, 'interpreter_away_free'); END;
CREATE TRIGGER interpreter_away_free_update BEFORE UPDATE ON interpreter_away
WHEN EXISTS (
  SELECT 1 FROM reservations AS taken
  WHERE taken.resource_kind = 'interpreter' AND taken.resource_id = NEW.interpreter_id AND taken.state <> 'released'
    AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)
BEGIN SELECT RAISE(ABORT, 'interpreter_away_free'); END;

-- Nobody is sent to two visits without their rest between them. Only asked of a new reservation: a
-- visit that is extended, and a rest that is made longer, leave what was agreed as it is.
CREATE TRIGGER interpreter_rest_insert BEFORE INSERT ON reservations
WHEN NEW.resource_kind = 'interpreter' AND NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM reservations AS taken JOIN interpreters AS i ON i.id = taken.resource_id
  WHERE taken.resource_kind = 'interpreter' AND taken.resource_id = NEW.resource_id AND taken.state <> 'released'
    AND taken.starts_at < strftime('%Y-%m-%dT%H:%M:00.000000Z', NEW.ends_at, '+' || i.rest_minutes || ' minutes')
    AND NEW.starts_at < strftime('%Y-%m-%dT%H:%M:00.000000Z', taken.ends_at, '+' || i.rest_minutes || ' minutes')
    AND NOT (taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at))
BEGIN SELECT RAISE(ABORT, 'interpreter_rest'); END;
