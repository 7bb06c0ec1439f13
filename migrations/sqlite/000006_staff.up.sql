-- People who work here and sign in by name.
CREATE TABLE staff (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- Folded to lower case.
  email TEXT NOT NULL,
  -- argon2id in PHC form.
  password_hash TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX staff_email ON staff (email);

-- The wards that a member of staff holds.
CREATE TABLE staff_wards (
  staff_id TEXT NOT NULL REFERENCES staff,
  ward_id TEXT NOT NULL REFERENCES wards,
  role TEXT NOT NULL,
  PRIMARY KEY (staff_id, ward_id),
  CONSTRAINT staff_wards_role CHECK (role IN ('nurse', 'ward_manager'))
) STRICT;

-- Counts of guesses at a secret, taken before each is looked at, so that many at once count as
-- many.
CREATE TABLE tries (
  -- What is guessed at: a keyed hash of a name typed at sign-in, whether or not anybody has it,
  -- or the pairing codes.
  scope TEXT NOT NULL PRIMARY KEY,
  count INTEGER NOT NULL,
  since TEXT NOT NULL,
  locked_until TEXT
) STRICT;

-- Signed-in spells of people and devices in browsers.
CREATE TABLE logins (
  -- SHA-256 of the token in the cookie.
  token_hash TEXT NOT NULL PRIMARY KEY,
  data BLOB NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX logins_expires ON logins (expires_at);

-- Single facts of this installation: its keys, whether it is for practice.
CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
