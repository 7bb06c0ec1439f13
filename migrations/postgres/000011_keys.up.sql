CREATE TABLE act_keys (
  actor_kind text        NOT NULL,
  actor_id   text        NOT NULL,
  key        text        NOT NULL,
  act        text        NOT NULL,
  body_hash  text        NOT NULL,
  answer     text        NOT NULL,
  at         timestamptz NOT NULL,
  CONSTRAINT act_keys_once PRIMARY KEY (actor_kind, actor_id, key),
  CONSTRAINT act_keys_plain CHECK (length(key) BETWEEN 1 AND 64)
);
CREATE INDEX act_keys_at ON act_keys (at);
COMMENT ON TABLE act_keys IS 'What came of acts that were asked for under a key, so that asking twice is asking once. Written in the transaction of the act.';
COMMENT ON COLUMN act_keys.key IS 'Chosen by whoever asks; only they can meet it again.';
COMMENT ON COLUMN act_keys.body_hash IS 'Keyed hash of everything that was asked, to tell another request under the same key.';
COMMENT ON COLUMN act_keys.answer IS 'The id of what the act made.';

-- What is taken of a resource never overlaps, so of all that begins before an instant, what
-- begins last also ends last: whether a time is free is one look at this index, however many
-- visits lie before it or after.
DROP INDEX reservations_taken;
CREATE INDEX reservations_taken ON reservations (resource_kind, resource_id, starts_at) WHERE state <> 'released';
CREATE INDEX reservations_held ON reservations (resource_kind, resource_id) WHERE state = 'held';

CREATE INDEX interpreter_bookings_visit ON interpreter_bookings (visit_id);
