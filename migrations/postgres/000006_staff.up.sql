CREATE TABLE staff (
  id            uuid    NOT NULL PRIMARY KEY,
  name          text    NOT NULL,
  email         text    NOT NULL,
  password_hash text    NOT NULL,
  disabled      boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX staff_email ON staff (email);
COMMENT ON TABLE staff IS 'People who work here and sign in by name.';
COMMENT ON COLUMN staff.email IS 'Folded to lower case.';
COMMENT ON COLUMN staff.password_hash IS 'argon2id in PHC form.';

CREATE TABLE staff_wards (
  staff_id uuid NOT NULL REFERENCES staff,
  ward_id  uuid NOT NULL REFERENCES wards,
  role     text NOT NULL,
  PRIMARY KEY (staff_id, ward_id),
  CONSTRAINT staff_wards_role CHECK (role IN ('nurse', 'ward_manager'))
);
COMMENT ON TABLE staff_wards IS 'The wards that a member of staff holds.';

CREATE TABLE tries (
  scope        text        NOT NULL PRIMARY KEY,
  count        integer     NOT NULL,
  since        timestamptz NOT NULL,
  locked_until timestamptz
);
COMMENT ON TABLE tries IS 'Counts of guesses at a secret, taken before each is looked at, so that many at once count as many.';
COMMENT ON COLUMN tries.scope IS 'What is guessed at: a keyed hash of a name typed at sign-in, whether or not anybody has it, or the pairing codes.';

CREATE TABLE logins (
  token_hash text        NOT NULL PRIMARY KEY,
  data       bytea       NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX logins_expires ON logins (expires_at);
COMMENT ON TABLE logins IS 'Signed-in spells of people and devices in browsers.';
COMMENT ON COLUMN logins.token_hash IS 'SHA-256 of the token in the cookie.';

CREATE TABLE settings (
  name  text NOT NULL PRIMARY KEY,
  value text NOT NULL
);
COMMENT ON TABLE settings IS 'Single facts of this installation: its keys, whether it is for practice.';
