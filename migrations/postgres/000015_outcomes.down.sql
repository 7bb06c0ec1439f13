DROP TABLE visit_outcomes;
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
