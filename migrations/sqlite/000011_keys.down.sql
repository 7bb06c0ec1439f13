DROP TRIGGER reservations_no_overlap_update;
DROP TRIGGER reservations_no_overlap_insert;
CREATE TRIGGER reservations_no_overlap_insert BEFORE INSERT ON reservations
WHEN NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM reservations AS taken
  WHERE taken.resource_kind = NEW.resource_kind AND taken.resource_id = NEW.resource_id
    AND taken.state <> 'released'
    AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)
BEGIN SELECT RAISE(ABORT, 'reservations_no_overlap'); END;
CREATE TRIGGER reservations_no_overlap_update BEFORE UPDATE ON reservations
WHEN NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM reservations AS taken
  WHERE taken.id <> OLD.id
    AND taken.resource_kind = NEW.resource_kind AND taken.resource_id = NEW.resource_id
    AND taken.state <> 'released'
    AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)
BEGIN SELECT RAISE(ABORT, 'reservations_no_overlap'); END;
DROP INDEX reservations_held;
DROP INDEX reservations_taken;
CREATE INDEX reservations_taken ON reservations (resource_kind, resource_id, ends_at) WHERE state <> 'released';
DROP INDEX interpreter_bookings_visit;
DROP TABLE act_keys;
