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
