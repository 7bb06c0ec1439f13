CREATE TABLE visit_outcomes (
  id uuid NOT NULL PRIMARY KEY,
  visit_id uuid NOT NULL REFERENCES visits,
  ward_id uuid NOT NULL REFERENCES wards,
  kind text NOT NULL,
  noted_at timestamptz NOT NULL,
  noted_by text NOT NULL,
  waits_until timestamptz,
  was_starts_at timestamptz,
  was_ends_at timestamptz,
  undone_at timestamptz,
  CONSTRAINT visit_outcomes_kind CHECK (kind IN ('late', 'asleep', 'not_now', 'no_show')),
  CONSTRAINT visit_outcomes_waits CHECK ((kind = 'late') = (waits_until IS NOT NULL)),
  CONSTRAINT visit_outcomes_moved CHECK ((was_starts_at IS NULL) = (was_ends_at IS NULL) AND (was_starts_at IS NULL OR kind = 'asleep'))
);
CREATE INDEX visit_outcomes_visit ON visit_outcomes (visit_id, noted_at);
CREATE INDEX visit_outcomes_ward ON visit_outcomes (ward_id, noted_at);
COMMENT ON TABLE visit_outcomes IS 'What staff said of a visit that did not go as planned, with one tap: its family late, its patient asleep or not able to, nobody there. A row is kept also when it was taken back, and says so.';
COMMENT ON COLUMN visit_outcomes.ward_id IS 'Whose it was then.';
COMMENT ON COLUMN visit_outcomes.waits_until IS 'Of late: until when the visit waits.';
COMMENT ON COLUMN visit_outcomes.was_starts_at IS 'Of a visit that was moved to a little later: when it was to be. Null for one that was called off.';

-- The life of a visit, as drawn at booking.State: one that nobody was let in to may be put back.
CREATE OR REPLACE FUNCTION visits_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state = 'held' THEN RETURN NEW; END IF;
  ELSIF NEW.state = OLD.state OR (OLD.state, NEW.state) IN (
      ('held', 'booked'), ('held', 'cancelled'), ('booked', 'preparing'), ('booked', 'cancelled'),
      ('preparing', 'lobby'), ('preparing', 'cancelled'), ('lobby', 'live'), ('lobby', 'cancelled'),
      ('live', 'ended'), ('cancelled', 'booked'), ('preparing', 'booked'), ('lobby', 'booked')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'visits_life' USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_life';
END $$;
