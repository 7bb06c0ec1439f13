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
CREATE OR REPLACE FUNCTION visits_life() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP INDEX visits_series_once;
UPDATE visits SET via = 'phone' WHERE via = 'import';
ALTER TABLE visits
  DROP CONSTRAINT visits_via,
  ADD CONSTRAINT visits_via CHECK (via IN ('web', 'phone')),
  DROP COLUMN series_id,
  DROP COLUMN kind;
DROP TABLE series;
