DROP TABLE visit_outcomes;
DROP TRIGGER visits_life_update;
CREATE TRIGGER visits_life_update BEFORE UPDATE OF state ON visits
WHEN NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (VALUES
  ('held', 'booked'), ('held', 'cancelled'), ('booked', 'preparing'), ('booked', 'cancelled'),
  ('preparing', 'lobby'), ('preparing', 'cancelled'), ('lobby', 'live'), ('lobby', 'cancelled'),
  ('live', 'ended'), ('cancelled', 'booked'))
BEGIN SELECT RAISE(ABORT, 'visits_life'); END;
