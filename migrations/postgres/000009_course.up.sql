-- What happens to visits besides being booked: series, requests, waiting, movements, flags.
CREATE TABLE series (
  id             uuid        NOT NULL PRIMARY KEY,
  patient_id     uuid        NOT NULL REFERENCES patients,
  visitor_id     uuid        NOT NULL REFERENCES visitors,
  ward_id        uuid        NOT NULL REFERENCES wards,
  weekday        integer     NOT NULL,
  starts_minute  integer     NOT NULL,
  length_minutes integer     NOT NULL,
  every_weeks    integer     NOT NULL,
  first_on       date        NOT NULL,
  last_on        date        NOT NULL,
  made_at        timestamptz NOT NULL,
  made_by_kind   text        NOT NULL,
  made_by_id     text        NOT NULL,
  ended_at       timestamptz,
  CONSTRAINT series_sane CHECK (
    weekday BETWEEN 0 AND 6 AND starts_minute BETWEEN 0 AND 1439 AND length_minutes > 0
    AND every_weeks BETWEEN 1 AND 52 AND first_on <= last_on)
);
CREATE INDEX series_patient ON series (patient_id);
COMMENT ON TABLE series IS 'Visits that recur: every Tuesday at two, by the clock on the wall. Each is a visit of its own.';
COMMENT ON COLUMN series.ended_at IS 'When it was stopped before its last day.';

ALTER TABLE visits
  ADD COLUMN kind      text NOT NULL DEFAULT 'ordinary',
  ADD COLUMN series_id uuid REFERENCES series,
  DROP CONSTRAINT visits_via,
  ADD CONSTRAINT visits_via CHECK (via IN ('web', 'phone', 'import')),
  ADD CONSTRAINT visits_kind CHECK (kind IN ('ordinary', 'end_of_life', 'family_meeting'));
CREATE UNIQUE INDEX visits_series_once ON visits (series_id, starts_at) WHERE series_id IS NOT NULL AND state <> 'cancelled';
COMMENT ON COLUMN visits.kind IS 'An end-of-life visit passes over rules, and is never displaced.';
COMMENT ON COLUMN visits.series_id IS 'The series it is one of.';

-- As drawn at booking.State; a visit that was cancelled because of what turned out not to be so
-- may be booked again.
CREATE OR REPLACE FUNCTION visits_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state = 'held' THEN RETURN NEW; END IF;
  ELSIF NEW.state = OLD.state OR (OLD.state, NEW.state) IN (
      ('held', 'booked'), ('held', 'cancelled'), ('booked', 'preparing'), ('booked', 'cancelled'),
      ('preparing', 'lobby'), ('preparing', 'cancelled'), ('lobby', 'live'), ('lobby', 'cancelled'),
      ('live', 'ended'), ('cancelled', 'booked')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'visits_life' USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_life';
END $$;

CREATE TABLE overrides (
  visit_id   uuid        NOT NULL REFERENCES visits,
  rule       text        NOT NULL,
  reason     text        NOT NULL,
  actor_kind text        NOT NULL,
  actor_id   text        NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (visit_id, rule, at),
  CONSTRAINT overrides_reason CHECK (reason <> '' AND rule <> '')
);
COMMENT ON TABLE overrides IS 'Rules that somebody set aside for a visit, and why.';

CREATE TABLE requests (
  id          uuid        NOT NULL PRIMARY KEY,
  patient_id  uuid        NOT NULL REFERENCES patients,
  visitor_id  uuid        NOT NULL REFERENCES visitors,
  ward_id     uuid        NOT NULL REFERENCES wards,
  note        text        NOT NULL DEFAULT '',
  state       text        NOT NULL,
  asked_at    timestamptz NOT NULL,
  answer      text        NOT NULL DEFAULT '',
  answered_by text        NOT NULL DEFAULT '',
  answered_at timestamptz,
  visit_id    uuid        REFERENCES visits,
  CONSTRAINT requests_state CHECK (state IN ('open', 'granted', 'refused', 'withdrawn')),
  CONSTRAINT requests_answered CHECK ((state = 'open') = (answered_at IS NULL)),
  CONSTRAINT requests_granted CHECK ((state = 'granted') = (visit_id IS NOT NULL)),
  CONSTRAINT requests_refused CHECK (state <> 'refused' OR answer <> '')
);
CREATE UNIQUE INDEX requests_one_open ON requests (patient_id, visitor_id) WHERE state = 'open';
CREATE INDEX requests_ward ON requests (ward_id, asked_at);
COMMENT ON TABLE requests IS 'Times outside the offer that a relative asks the ward for.';
COMMENT ON COLUMN requests.answer IS 'What the ward says to the family.';

CREATE TABLE request_times (
  request_id uuid        NOT NULL REFERENCES requests,
  rank       integer     NOT NULL,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  PRIMARY KEY (request_id, rank),
  CONSTRAINT request_times_rank CHECK (rank BETWEEN 1 AND 3),
  CONSTRAINT request_times_forwards CHECK (starts_at < ends_at)
);
COMMENT ON TABLE request_times IS 'The up to three times of a request, the most wanted first.';

CREATE TABLE waitlist_entries (
  id         uuid        NOT NULL PRIMARY KEY,
  patient_id uuid        NOT NULL REFERENCES patients,
  visitor_id uuid        NOT NULL REFERENCES visitors,
  ward_id    uuid        NOT NULL REFERENCES wards,
  kind       text        NOT NULL,
  from_on    date        NOT NULL,
  to_on      date        NOT NULL,
  since      timestamptz NOT NULL,
  state      text        NOT NULL,
  left_at    timestamptz,
  CONSTRAINT waitlist_entries_kind CHECK (kind IN ('ordinary', 'end_of_life', 'family_meeting')),
  CONSTRAINT waitlist_entries_state CHECK (state IN ('waiting', 'booked', 'left', 'lapsed')),
  CONSTRAINT waitlist_entries_left CHECK ((state = 'waiting') = (left_at IS NULL)),
  CONSTRAINT waitlist_entries_forwards CHECK (from_on <= to_on)
);
CREATE UNIQUE INDEX waitlist_entries_one ON waitlist_entries (patient_id, visitor_id) WHERE state = 'waiting';
CREATE INDEX waitlist_entries_ward ON waitlist_entries (ward_id, to_on) WHERE state = 'waiting';
COMMENT ON TABLE waitlist_entries IS 'Relatives who would come on days when nothing is free.';
COMMENT ON COLUMN waitlist_entries.left_at IS 'When they stopped waiting.';

CREATE TABLE slot_offers (
  id          uuid        NOT NULL PRIMARY KEY,
  entry_id    uuid        NOT NULL REFERENCES waitlist_entries,
  visit_id    uuid        NOT NULL REFERENCES visits,
  state       text        NOT NULL,
  offered_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  answered_at timestamptz,
  CONSTRAINT slot_offers_state CHECK (state IN ('open', 'taken', 'declined', 'lapsed')),
  CONSTRAINT slot_offers_answered CHECK ((state = 'open') = (answered_at IS NULL)),
  CONSTRAINT slot_offers_forwards CHECK (offered_at < expires_at)
);
CREATE UNIQUE INDEX slot_offers_one_open ON slot_offers (entry_id) WHERE state = 'open';
CREATE UNIQUE INDEX slot_offers_visit ON slot_offers (visit_id);
COMMENT ON TABLE slot_offers IS 'Freed times, each kept for one entry of the waiting list at a time by a held visit.';

CREATE TABLE flags (
  id           uuid        NOT NULL PRIMARY KEY,
  visit_id     uuid        NOT NULL REFERENCES visits,
  ward_id      uuid        NOT NULL REFERENCES wards,
  kind         text        NOT NULL,
  cause        text        NOT NULL DEFAULT '',
  opened_at    timestamptz NOT NULL,
  closed_at    timestamptz,
  closed_by    text        NOT NULL DEFAULT '',
  close_reason text        NOT NULL DEFAULT '',
  note         text        NOT NULL DEFAULT '',
  CONSTRAINT flags_closed CHECK ((closed_at IS NULL) = (close_reason = '')),
  CONSTRAINT flags_close_reason CHECK (close_reason IN ('', 'gone', 'over', 'kept')),
  CONSTRAINT flags_kept CHECK (close_reason <> 'kept' OR (note <> '' AND closed_by <> ''))
);
CREATE UNIQUE INDEX flags_one_open ON flags (visit_id, ward_id, kind) WHERE closed_at IS NULL;
CREATE INDEX flags_ward ON flags (ward_id, opened_at) WHERE closed_at IS NULL;
CREATE INDEX flags_visit ON flags (visit_id);
COMMENT ON TABLE flags IS 'Why staff must look at a visit. A flag closes itself when its cause is gone.';
COMMENT ON COLUMN flags.ward_id IS 'Whose staff are to look; a visit of a patient who moved may be flagged on both wards.';
COMMENT ON COLUMN flags.cause IS 'What brought it about, as kind and id; one that was kept is not raised again for the same cause.';
COMMENT ON COLUMN flags.note IS 'Why the visit is kept as it is.';

CREATE TABLE movements (
  id          uuid        NOT NULL PRIMARY KEY,
  source      text        NOT NULL,
  control_id  text        NOT NULL,
  patient_id  uuid        NOT NULL REFERENCES patients,
  kind        text        NOT NULL,
  at          timestamptz NOT NULL,
  ward_id     uuid        REFERENCES wards,
  bed_id      uuid        REFERENCES beds,
  recorded_at timestamptz NOT NULL,
  recorded_by text        NOT NULL,
  CONSTRAINT movements_kind CHECK (kind IN (
    'admit', 'transfer', 'discharge', 'die', 'cancel_admit', 'cancel_transfer', 'cancel_discharge', 'cancel_death')),
  CONSTRAINT movements_place CHECK ((kind IN ('admit', 'transfer')) = (ward_id IS NOT NULL AND bed_id IS NOT NULL)),
  CONSTRAINT movements_source CHECK (source <> '' AND control_id <> '')
);
CREATE UNIQUE INDEX movements_once ON movements (source, control_id);
CREATE INDEX movements_patient ON movements (patient_id, at);
COMMENT ON TABLE movements IS 'What is known of where patients came and went. Where a patient is follows from all of it in order of time, whatever order it was told in.';
COMMENT ON COLUMN movements.control_id IS 'The sender''s own name of the message: the same one twice is one.';
COMMENT ON COLUMN movements.at IS 'When it happened, as the sender says.';

CREATE TABLE merges (
  id        uuid        NOT NULL PRIMARY KEY,
  kept_id   uuid        NOT NULL REFERENCES patients,
  merged_id uuid        NOT NULL REFERENCES patients,
  at        timestamptz NOT NULL,
  by_whom   text        NOT NULL,
  undone_at timestamptz,
  CONSTRAINT merges_two CHECK (kept_id <> merged_id)
);
CREATE UNIQUE INDEX merges_once ON merges (merged_id) WHERE undone_at IS NULL;
CREATE INDEX merges_kept ON merges (kept_id);
COMMENT ON TABLE merges IS 'Two records that turned out to be one person.';

CREATE TABLE merge_moves (
  merge_id uuid NOT NULL REFERENCES merges,
  kind     text NOT NULL,
  row_id   uuid NOT NULL,
  PRIMARY KEY (merge_id, kind, row_id)
);
COMMENT ON TABLE merge_moves IS 'What a merge took from one record to the other, so that it can be given back.';

CREATE TABLE tasks (
  id         uuid        NOT NULL PRIMARY KEY,
  ward_id    uuid        NOT NULL REFERENCES wards,
  patient_id uuid        NOT NULL REFERENCES patients,
  kind       text        NOT NULL,
  opened_at  timestamptz NOT NULL,
  done_at    timestamptz,
  done_by    text        NOT NULL DEFAULT '',
  CONSTRAINT tasks_kind CHECK (kind IN ('call_family')),
  CONSTRAINT tasks_done CHECK ((done_at IS NULL) = (done_by = ''))
);
CREATE UNIQUE INDEX tasks_one_open ON tasks (patient_id, kind) WHERE done_at IS NULL;
CREATE INDEX tasks_ward ON tasks (ward_id, opened_at) WHERE done_at IS NULL;
COMMENT ON TABLE tasks IS 'What only a person should do, such as ring a family after a death.';
