-- Who works here, as an OpenID Connect provider knows them.
CREATE TABLE staff_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  staff_id TEXT NOT NULL REFERENCES staff,
  linked_at TEXT NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT;

-- Sign-ins through a provider, which it can end. A login that names one ends with it.
CREATE TABLE provider_sessions (
  id TEXT PRIMARY KEY,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- What the provider calls the session; empty if it does not say.
  sid TEXT NOT NULL,
  staff_id TEXT NOT NULL REFERENCES staff,
  expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX provider_sessions_subject ON provider_sessions (issuer, subject);

-- What a provider has told us to end, so that nobody says it again.
CREATE TABLE logout_tokens (
  issuer TEXT NOT NULL,
  jti TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (issuer, jti)
) STRICT;

-- The provider says so, and takes it away by not saying so; otherwise an administrator gave it.
ALTER TABLE staff_roles ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0;
