CREATE TABLE staff_identities (
  issuer    text NOT NULL,
  subject   text NOT NULL,
  staff_id  uuid NOT NULL REFERENCES staff,
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, subject)
);
COMMENT ON TABLE staff_identities IS 'Who works here, as an OpenID Connect provider knows them.';

CREATE TABLE provider_sessions (
  id         text PRIMARY KEY,
  issuer     text NOT NULL,
  subject    text NOT NULL,
  sid        text NOT NULL,
  staff_id   uuid NOT NULL REFERENCES staff,
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE provider_sessions IS 'Sign-ins through a provider, which it can end. A login that names one ends with it.';
COMMENT ON COLUMN provider_sessions.sid IS 'What the provider calls the session; empty if it does not say.';
CREATE INDEX provider_sessions_subject ON provider_sessions (issuer, subject);

CREATE TABLE logout_tokens (
  issuer     text NOT NULL,
  jti        text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, jti)
);
COMMENT ON TABLE logout_tokens IS 'What a provider has told us to end, so that nobody says it again.';

ALTER TABLE staff_roles ADD COLUMN claimed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN staff_roles.claimed IS 'The provider says so, and takes it away by not saying so; otherwise an administrator gave it.';
