-- What happens to visits besides being booked: series, requests, waiting, movements, flags.
-- Visits that recur: every Tuesday at two, by the clock on the wall. Each is a visit of its own.
CREATE TABLE series (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  visitor_id TEXT NOT NULL REFERENCES visitors,
  ward_id TEXT NOT NULL REFERENCES wards,
  weekday INTEGER NOT NULL,
  starts_minute INTEGER NOT NULL,
  length_minutes INTEGER NOT NULL,
  every_weeks INTEGER NOT NULL,
  first_on TEXT NOT NULL,
  last_on TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by_kind TEXT NOT NULL,
  made_by_id TEXT NOT NULL,
  -- When it was stopped before its last day.
  ended_at TEXT,
  CONSTRAINT series_sane CHECK (
    weekday BETWEEN 0 AND 6 AND starts_minute BETWEEN 0 AND 1439 AND length_minutes > 0
    AND every_weeks BETWEEN 1 AND 52 AND first_on <= last_on)
) STRICT;
CREATE INDEX series_patient ON series (patient_id);

-- Made anew, since SQLite cannot change a constraint.
CREATE TABLE visits_made_anew (
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
  -- An end-of-life visit passes over rules, and is never displaced.
  kind TEXT NOT NULL DEFAULT 'ordinary',
  -- The series it is one of.
  series_id TEXT REFERENCES series,
  FOREIGN KEY (ward_id, policy_version) REFERENCES policies,
  CONSTRAINT visits_state CHECK (state IN ('held', 'booked', 'preparing', 'lobby', 'live', 'ended', 'cancelled')),
  CONSTRAINT visits_reason CHECK ((state IN ('ended', 'cancelled')) = (reason <> '')),
  CONSTRAINT visits_over CHECK ((state IN ('ended', 'cancelled')) = (ended_at IS NOT NULL)),
  CONSTRAINT visits_held CHECK ((state = 'held') = (held_until IS NOT NULL)),
  CONSTRAINT visits_begun CHECK (started_at IS NOT NULL OR state NOT IN ('live', 'ended')),
  CONSTRAINT visits_tongue CHECK ((language = '') = (mode = '') AND mode IN ('', 'spoken', 'sign')),
  CONSTRAINT visits_via CHECK (via IN ('web', 'phone', 'import')),
  CONSTRAINT visits_kind CHECK (kind IN ('ordinary', 'end_of_life', 'family_meeting')),
  CONSTRAINT visits_forwards CHECK (starts_at < ends_at),
  CONSTRAINT visits_whole_minutes CHECK (
    substr(starts_at, 17) = ':00.000000Z' AND substr(ends_at, 17) = ':00.000000Z')
) STRICT;
INSERT INTO visits_made_anew (id, reference, patient_id, ward_id, device_id, state, reason, starts_at, ends_at,
       prepare_minutes, clean_minutes, language, mode, needs, via, booked_by_kind, booked_by_id,
       booked_by_name, policy_version, held_for, held_until, locked, covered, started_at, ended_at,
       version)
SELECT id, reference, patient_id, ward_id, device_id, state, reason, starts_at, ends_at,
       prepare_minutes, clean_minutes, language, mode, needs, via, booked_by_kind, booked_by_id,
       booked_by_name, policy_version, held_for, held_until, locked, covered, started_at, ended_at,
       version
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
CREATE UNIQUE INDEX visits_series_once ON visits (series_id, starts_at) WHERE series_id IS NOT NULL AND state <> 'cancelled';

-- As drawn at booking.State; a visit that was cancelled because of what turned out not to be so
-- may be booked again.
CREATE TRIGGER visits_life_insert BEFORE INSERT ON visits
WHEN NEW.state <> 'held'
BEGIN SELECT RAISE(ABORT, 'visits_life'); END;
CREATE TRIGGER visits_life_update BEFORE UPDATE OF state ON visits
WHEN NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (VALUES
  ('held', 'booked'), ('held', 'cancelled'), ('booked', 'preparing'), ('booked', 'cancelled'),
  ('preparing', 'lobby'), ('preparing', 'cancelled'), ('lobby', 'live'), ('lobby', 'cancelled'),
  ('live', 'ended'), ('cancelled', 'booked'))
BEGIN SELECT RAISE(ABORT, 'visits_life'); END;
-- Rules that somebody set aside for a visit, and why.
CREATE TABLE overrides (
  visit_id TEXT NOT NULL REFERENCES visits,
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (visit_id, rule, at),
  CONSTRAINT overrides_reason CHECK (reason <> '' AND rule <> '')
) STRICT;

-- Times outside the offer that a relative asks the ward for.
CREATE TABLE requests (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  visitor_id TEXT NOT NULL REFERENCES visitors,
  ward_id TEXT NOT NULL REFERENCES wards,
  note TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  -- What the ward says to the family.
  answer TEXT NOT NULL DEFAULT '',
  answered_by TEXT NOT NULL DEFAULT '',
  answered_at TEXT,
  visit_id TEXT REFERENCES visits,
  CONSTRAINT requests_state CHECK (state IN ('open', 'granted', 'refused', 'withdrawn')),
  CONSTRAINT requests_answered CHECK ((state = 'open') = (answered_at IS NULL)),
  CONSTRAINT requests_granted CHECK ((state = 'granted') = (visit_id IS NOT NULL)),
  CONSTRAINT requests_refused CHECK (state <> 'refused' OR answer <> '')
) STRICT;
CREATE UNIQUE INDEX requests_one_open ON requests (patient_id, visitor_id) WHERE state = 'open';
CREATE INDEX requests_ward ON requests (ward_id, asked_at);

-- The up to three times of a request, the most wanted first.
CREATE TABLE request_times (
  request_id TEXT NOT NULL REFERENCES requests,
  rank INTEGER NOT NULL,
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  PRIMARY KEY (request_id, rank),
  CONSTRAINT request_times_rank CHECK (rank BETWEEN 1 AND 3),
  CONSTRAINT request_times_forwards CHECK (starts_at < ends_at)
) STRICT;

-- Relatives who would come on days when nothing is free.
CREATE TABLE waitlist_entries (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  visitor_id TEXT NOT NULL REFERENCES visitors,
  ward_id TEXT NOT NULL REFERENCES wards,
  kind TEXT NOT NULL,
  from_on TEXT NOT NULL,
  to_on TEXT NOT NULL,
  since TEXT NOT NULL,
  state TEXT NOT NULL,
  -- When they stopped waiting.
  left_at TEXT,
  CONSTRAINT waitlist_entries_kind CHECK (kind IN ('ordinary', 'end_of_life', 'family_meeting')),
  CONSTRAINT waitlist_entries_state CHECK (state IN ('waiting', 'booked', 'left', 'lapsed')),
  CONSTRAINT waitlist_entries_left CHECK ((state = 'waiting') = (left_at IS NULL)),
  CONSTRAINT waitlist_entries_forwards CHECK (from_on <= to_on)
) STRICT;
CREATE UNIQUE INDEX waitlist_entries_one ON waitlist_entries (patient_id, visitor_id) WHERE state = 'waiting';
CREATE INDEX waitlist_entries_ward ON waitlist_entries (ward_id, to_on) WHERE state = 'waiting';

-- Freed times, each kept for one entry of the waiting list at a time by a held visit.
CREATE TABLE slot_offers (
  id TEXT NOT NULL PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES waitlist_entries,
  visit_id TEXT NOT NULL REFERENCES visits,
  state TEXT NOT NULL,
  offered_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  answered_at TEXT,
  CONSTRAINT slot_offers_state CHECK (state IN ('open', 'taken', 'declined', 'lapsed')),
  CONSTRAINT slot_offers_answered CHECK ((state = 'open') = (answered_at IS NULL)),
  CONSTRAINT slot_offers_forwards CHECK (offered_at < expires_at)
) STRICT;
CREATE UNIQUE INDEX slot_offers_one_open ON slot_offers (entry_id) WHERE state = 'open';
CREATE UNIQUE INDEX slot_offers_visit ON slot_offers (visit_id);

-- Why staff must look at a visit. A flag closes itself when its cause is gone.
CREATE TABLE flags (
  id TEXT NOT NULL PRIMARY KEY,
  visit_id TEXT NOT NULL REFERENCES visits,
  -- Whose staff are to look; a visit of a patient who moved may be flagged on both wards.
  ward_id TEXT NOT NULL REFERENCES wards,
  kind TEXT NOT NULL,
  -- What brought it about, as kind and id; one that was kept is not raised again for the same
  -- cause.
  cause TEXT NOT NULL DEFAULT '',
  opened_at TEXT NOT NULL,
  closed_at TEXT,
  closed_by TEXT NOT NULL DEFAULT '',
  close_reason TEXT NOT NULL DEFAULT '',
  -- Why the visit is kept as it is.
  note TEXT NOT NULL DEFAULT '',
  CONSTRAINT flags_closed CHECK ((closed_at IS NULL) = (close_reason = '')),
  CONSTRAINT flags_close_reason CHECK (close_reason IN ('', 'gone', 'over', 'kept')),
  CONSTRAINT flags_kept CHECK (close_reason <> 'kept' OR (note <> '' AND closed_by <> ''))
) STRICT;
CREATE UNIQUE INDEX flags_one_open ON flags (visit_id, ward_id, kind) WHERE closed_at IS NULL;
CREATE INDEX flags_ward ON flags (ward_id, opened_at) WHERE closed_at IS NULL;
CREATE INDEX flags_visit ON flags (visit_id);

-- What is known of where patients came and went. Where a patient is follows from all of it in
-- order of time, whatever order it was told in.
CREATE TABLE movements (
  id TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  -- The sender's own name of the message: the same one twice is one.
  control_id TEXT NOT NULL,
  patient_id TEXT NOT NULL REFERENCES patients,
  kind TEXT NOT NULL,
  -- When it happened, as the sender says.
  at TEXT NOT NULL,
  ward_id TEXT REFERENCES wards,
  bed_id TEXT REFERENCES beds,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CONSTRAINT movements_kind CHECK (kind IN (
    'admit', 'transfer', 'discharge', 'die', 'cancel_admit', 'cancel_transfer', 'cancel_discharge', 'cancel_death')),
  CONSTRAINT movements_place CHECK ((kind IN ('admit', 'transfer')) = (ward_id IS NOT NULL AND bed_id IS NOT NULL)),
  CONSTRAINT movements_source CHECK (source <> '' AND control_id <> '')
) STRICT;
CREATE UNIQUE INDEX movements_once ON movements (source, control_id);
CREATE INDEX movements_patient ON movements (patient_id, at);

-- Two records that turned out to be one person.
CREATE TABLE merges (
  id TEXT NOT NULL PRIMARY KEY,
  kept_id TEXT NOT NULL REFERENCES patients,
  merged_id TEXT NOT NULL REFERENCES patients,
  at TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  undone_at TEXT,
  CONSTRAINT merges_two CHECK (kept_id <> merged_id)
) STRICT;
CREATE UNIQUE INDEX merges_once ON merges (merged_id) WHERE undone_at IS NULL;
CREATE INDEX merges_kept ON merges (kept_id);

-- What a merge took from one record to the other, so that it can be given back.
CREATE TABLE merge_moves (
  merge_id TEXT NOT NULL REFERENCES merges,
  kind TEXT NOT NULL,
  row_id TEXT NOT NULL,
  PRIMARY KEY (merge_id, kind, row_id)
) STRICT;

-- What only a person should do, such as ring a family after a death.
CREATE TABLE tasks (
  id TEXT NOT NULL PRIMARY KEY,
  ward_id TEXT NOT NULL REFERENCES wards,
  patient_id TEXT NOT NULL REFERENCES patients,
  kind TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  done_at TEXT,
  done_by TEXT NOT NULL DEFAULT '',
  CONSTRAINT tasks_kind CHECK (kind IN ('call_family')),
  CONSTRAINT tasks_done CHECK ((done_at IS NULL) = (done_by = ''))
) STRICT;
CREATE UNIQUE INDEX tasks_one_open ON tasks (patient_id, kind) WHERE done_at IS NULL;
CREATE INDEX tasks_ward ON tasks (ward_id, opened_at) WHERE done_at IS NULL;
