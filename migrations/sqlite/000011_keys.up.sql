-- What came of acts that were asked for under a key, so that asking twice is asking once. Written
-- in the transaction of the act.
CREATE TABLE act_keys (
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  -- Chosen by whoever asks; only they can meet it again.
  key TEXT NOT NULL,
  act TEXT NOT NULL,
  -- Keyed hash of everything that was asked, to tell another request under the same key.
  body_hash TEXT NOT NULL,
  -- The id of what the act made.
  answer TEXT NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT act_keys_once PRIMARY KEY (actor_kind, actor_id, key),
  CONSTRAINT act_keys_plain CHECK (length(key) BETWEEN 1 AND 64)
) STRICT;
CREATE INDEX act_keys_at ON act_keys (at);

-- What is taken of a resource never overlaps, so of all that begins before an instant, what
-- begins last also ends last: whether a time is free is one look at this index, however many
-- visits lie before it or after.
DROP INDEX reservations_taken;
CREATE INDEX reservations_taken ON reservations (resource_kind, resource_id, starts_at) WHERE state <> 'released';
CREATE INDEX reservations_held ON reservations (resource_kind, resource_id) WHERE state = 'held';

DROP TRIGGER reservations_no_overlap_insert;
CREATE TRIGGER reservations_no_overlap_insert BEFORE INSERT ON reservations
WHEN NEW.state <> 'released' AND NEW.starts_at < (
  SELECT taken.ends_at FROM reservations AS taken
  WHERE taken.resource_kind = NEW.resource_kind AND taken.resource_id = NEW.resource_id
    AND taken.state <> 'released' AND taken.starts_at < NEW.ends_at
  ORDER BY taken.starts_at DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'reservations_no_overlap'); END;
DROP TRIGGER reservations_no_overlap_update;
-- A hold that is made firm takes nothing that it had not.
CREATE TRIGGER reservations_no_overlap_update BEFORE UPDATE ON reservations
WHEN NEW.state <> 'released'
  AND (OLD.state = 'released' OR (OLD.resource_kind, OLD.resource_id, OLD.starts_at, OLD.ends_at)
       <> (NEW.resource_kind, NEW.resource_id, NEW.starts_at, NEW.ends_at))
  AND NEW.starts_at < (
  SELECT taken.ends_at FROM reservations AS taken
  WHERE taken.id <> OLD.id
    AND taken.resource_kind = NEW.resource_kind AND taken.resource_id = NEW.resource_id
    AND taken.state <> 'released' AND taken.starts_at < NEW.ends_at
  ORDER BY taken.starts_at DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'reservations_no_overlap'); END;

CREATE INDEX interpreter_bookings_visit ON interpreter_bookings (visit_id);
