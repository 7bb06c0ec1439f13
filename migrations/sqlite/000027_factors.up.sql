-- What somebody who works here has besides their password: an app that makes codes.
CREATE TABLE staff_factors (
  id TEXT NOT NULL PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff,
  -- What its owner calls it.
  name TEXT NOT NULL,
  -- The shared secret of RFC 6238, sealed with a key of the program; see the package doc of booking/desk.
  secret TEXT NOT NULL,
  added_at TEXT NOT NULL,
  -- When its owner proved that it works; one that is not proved opens nothing, and is deleted after a day.
  proved_at TEXT,
  used_at TEXT,
  -- Codes typed by its owner, or for them, since one was right.
  wrong INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT staff_factors_wrong CHECK (wrong >= 0)
) STRICT;
CREATE INDEX staff_factors_staff ON staff_factors (staff_id, added_at);

-- The steps of 30 seconds whose code has been used: each opens one door, once.
CREATE TABLE staff_factor_steps (
  factor_id TEXT NOT NULL REFERENCES staff_factors ON DELETE CASCADE,
  step INTEGER NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT staff_factor_steps_once PRIMARY KEY (factor_id, step)
) STRICT;
CREATE INDEX staff_factor_steps_at ON staff_factor_steps (at);

-- Codes on paper, each in place of a second factor, once.
CREATE TABLE staff_recovery_codes (
  staff_id TEXT NOT NULL REFERENCES staff,
  -- Keyed hash.
  code_hash TEXT NOT NULL,
  used_at TEXT,
  CONSTRAINT staff_recovery_codes_once PRIMARY KEY (staff_id, code_hash)
) STRICT;
