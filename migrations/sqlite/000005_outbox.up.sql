-- Notices owed to people, written in the transaction of the act they tell of and sent after its
-- commit.
CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  -- E.164 number or email address.
  recipient TEXT NOT NULL,
  visit_id TEXT REFERENCES visits,
  -- Names the fact told and to whom: the same fact is told once.
  dedupe TEXT NOT NULL,
  due_at TEXT NOT NULL,
  -- After which it is not worth sending.
  expires_at TEXT NOT NULL,
  -- What the template needs, as JSON. Holds links and codes, so outbox_forgets has it emptied
  -- once settled.
  words TEXT NOT NULL,
  state TEXT NOT NULL,
  -- Times leased; also tells the present lease from an older one.
  attempts INTEGER NOT NULL DEFAULT 0,
  leased_until TEXT,
  settled_at TEXT,
  CONSTRAINT outbox_channel CHECK (channel IN ('sms', 'email')),
  CONSTRAINT outbox_state CHECK (state IN ('pending', 'leased', 'sent', 'failed', 'withdrawn')),
  CONSTRAINT outbox_leased CHECK ((state = 'leased') = (leased_until IS NOT NULL)),
  CONSTRAINT outbox_settled CHECK ((state IN ('sent', 'failed', 'withdrawn')) = (settled_at IS NOT NULL)),
  CONSTRAINT outbox_forgets CHECK (state IN ('pending', 'leased') OR words = '{}')
) STRICT;
CREATE UNIQUE INDEX outbox_dedupe ON outbox (dedupe);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('pending', 'leased');
CREATE INDEX outbox_visit ON outbox (visit_id) WHERE state IN ('pending', 'leased');

-- How each attempt to send a notice went.
CREATE TABLE deliveries (
  outbox_id TEXT NOT NULL REFERENCES outbox,
  attempt INTEGER NOT NULL,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  -- What the provider calls the message.
  provider_id TEXT NOT NULL DEFAULT '',
  -- Why it did not go: a code, never the words of the message.
  detail TEXT NOT NULL DEFAULT '',
  -- The text as sent; kept only by a practice hospital, whose phone shows it.
  body TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (outbox_id, attempt),
  CONSTRAINT deliveries_outcome CHECK (outcome IN ('sent', 'retry', 'failed'))
) STRICT;
CREATE INDEX deliveries_at ON deliveries (at);
