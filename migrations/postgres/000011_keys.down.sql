DROP INDEX reservations_held;
DROP INDEX reservations_taken;
CREATE INDEX reservations_taken ON reservations (resource_kind, resource_id, ends_at) WHERE state <> 'released';
DROP INDEX interpreter_bookings_visit;
DROP TABLE act_keys;
