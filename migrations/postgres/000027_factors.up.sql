CREATE TABLE staff_factors (
  id        uuid        NOT NULL PRIMARY KEY,
  staff_id  uuid        NOT NULL REFERENCES staff,
  name      text        NOT NULL,
  secret    text        NOT NULL,
  added_at  timestamptz NOT NULL,
  proved_at timestamptz,
  used_at   timestamptz,
  wrong     integer     NOT NULL DEFAULT 0,
  CONSTRAINT staff_factors_wrong CHECK (wrong >= 0)
);
CREATE INDEX staff_factors_staff ON staff_factors (staff_id, added_at);
COMMENT ON TABLE staff_factors IS 'What somebody who works here has besides their password: an app that makes codes.';
COMMENT ON COLUMN staff_factors.name IS 'What its owner calls it.';
COMMENT ON COLUMN staff_factors.secret IS 'The shared secret of RFC 6238, sealed with a key of the program; see the package doc of booking/desk.';
COMMENT ON COLUMN staff_factors.proved_at IS 'When its owner proved that it works; one that is not proved opens nothing, and is deleted after a day.';

CREATE TABLE staff_factor_steps (
  factor_id uuid        NOT NULL REFERENCES staff_factors ON DELETE CASCADE,
  step      bigint      NOT NULL,
  at        timestamptz NOT NULL,
  CONSTRAINT staff_factor_steps_once PRIMARY KEY (factor_id, step)
);
CREATE INDEX staff_factor_steps_at ON staff_factor_steps (at);
COMMENT ON TABLE staff_factor_steps IS 'The steps of 30 seconds whose code has been used: each opens one door, once.';

CREATE TABLE staff_recovery_codes (
  staff_id  uuid NOT NULL REFERENCES staff,
  code_hash text NOT NULL,
  used_at   timestamptz,
  CONSTRAINT staff_recovery_codes_once PRIMARY KEY (staff_id, code_hash)
);
COMMENT ON TABLE staff_recovery_codes IS 'Codes on paper, each in place of a second factor, once.';
COMMENT ON COLUMN staff_recovery_codes.code_hash IS 'Keyed hash.';
COMMENT ON COLUMN staff_factors.wrong IS 'Codes typed by its owner, or for them, since one was right.';
