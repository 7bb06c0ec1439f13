DROP INDEX reservations_taken;
CREATE INDEX reservations_taken ON reservations (resource_kind, resource_id, ends_at) WHERE state <> 'released';
DROP TABLE act_keys;
