-- What staff said of a visit that did not go as planned, with one tap: its family late, its patient
-- asleep or not able to, nobody there. A row is kept also when it was taken back, and says so.
CREATE TABLE visit_outcomes (
  id TEXT NOT NULL PRIMARY KEY,
  visit_id TEXT NOT NULL REFERENCES visits,
  -- Whose it was then.
  ward_id TEXT NOT NULL REFERENCES wards,
  kind TEXT NOT NULL,
  noted_at TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  -- Of late: until when the visit waits.
  waits_until TEXT,
  -- Of a visit that was moved to a little later: when it was to be. Null for one that was called off.
  was_starts_at TEXT,
  was_ends_at TEXT,
  undone_at TEXT,
  CONSTRAINT visit_outcomes_kind CHECK (kind IN ('late', 'asleep', 'not_now', 'no_show')),
  CONSTRAINT visit_outcomes_waits CHECK ((kind = 'late') = (waits_until IS NOT NULL)),
  CONSTRAINT visit_outcomes_moved CHECK ((was_starts_at IS NULL) = (was_ends_at IS NULL) AND (was_starts_at IS NULL OR kind = 'asleep'))
) STRICT;
CREATE INDEX visit_outcomes_visit ON visit_outcomes (visit_id, noted_at);
CREATE INDEX visit_outcomes_ward ON visit_outcomes (ward_id, noted_at);

-- The life of a visit, as drawn at booking.State: one that nobody was let in to may be put back.
DROP TRIGGER visits_life_update;
CREATE TRIGGER visits_life_update BEFORE UPDATE OF state ON visits
WHEN NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (VALUES
  ('held', 'booked'), ('held', 'cancelled'), ('booked', 'preparing'), ('booked', 'cancelled'),
  ('preparing', 'lobby'), ('preparing', 'cancelled'), ('lobby', 'live'), ('lobby', 'cancelled'),
  ('live', 'ended'), ('cancelled', 'booked'), ('preparing', 'booked'), ('lobby', 'booked'))
BEGIN SELECT RAISE(ABORT, 'visits_life'); END;
