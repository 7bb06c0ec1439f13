CREATE TABLE outbox (
  id           uuid        NOT NULL PRIMARY KEY,
  kind         text        NOT NULL,
  channel      text        NOT NULL,
  recipient    text        NOT NULL,
  visit_id     uuid        REFERENCES visits,
  dedupe       text        NOT NULL,
  due_at       timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  words        text        NOT NULL,
  state        text        NOT NULL,
  attempts     integer     NOT NULL DEFAULT 0,
  leased_until timestamptz,
  settled_at   timestamptz,
  CONSTRAINT outbox_channel CHECK (channel IN ('sms', 'email')),
  CONSTRAINT outbox_state CHECK (state IN ('pending', 'leased', 'sent', 'failed', 'withdrawn')),
  CONSTRAINT outbox_leased CHECK ((state = 'leased') = (leased_until IS NOT NULL)),
  CONSTRAINT outbox_settled CHECK ((state IN ('sent', 'failed', 'withdrawn')) = (settled_at IS NOT NULL)),
  CONSTRAINT outbox_forgets CHECK (state IN ('pending', 'leased') OR words = '{}')
);
CREATE UNIQUE INDEX outbox_dedupe ON outbox (dedupe);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('pending', 'leased');
CREATE INDEX outbox_visit ON outbox (visit_id) WHERE state IN ('pending', 'leased');
COMMENT ON TABLE outbox IS 'Notices owed to people, written in the transaction of the act they tell of and sent after its commit.';
COMMENT ON COLUMN outbox.recipient IS 'E.164 number or email address.';
COMMENT ON COLUMN outbox.dedupe IS 'Names the fact told and to whom: the same fact is told once.';
COMMENT ON COLUMN outbox.expires_at IS 'After which it is not worth sending.';
COMMENT ON COLUMN outbox.words IS 'What the template needs, as JSON. Holds links and codes, so outbox_forgets has it emptied once settled.';
COMMENT ON COLUMN outbox.attempts IS 'Times leased; also tells the present lease from an older one.';

CREATE TABLE deliveries (
  outbox_id   uuid        NOT NULL REFERENCES outbox,
  attempt     integer     NOT NULL,
  at          timestamptz NOT NULL,
  outcome     text        NOT NULL,
  provider_id text        NOT NULL DEFAULT '',
  detail      text        NOT NULL DEFAULT '',
  body        text        NOT NULL DEFAULT '',
  PRIMARY KEY (outbox_id, attempt),
  CONSTRAINT deliveries_outcome CHECK (outcome IN ('sent', 'retry', 'failed'))
);
CREATE INDEX deliveries_at ON deliveries (at);
COMMENT ON TABLE deliveries IS 'How each attempt to send a notice went.';
COMMENT ON COLUMN deliveries.provider_id IS 'What the provider calls the message.';
COMMENT ON COLUMN deliveries.detail IS 'Why it did not go: a code, never the words of the message.';
COMMENT ON COLUMN deliveries.body IS 'The text as sent; kept only by a practice hospital, whose phone shows it.';
