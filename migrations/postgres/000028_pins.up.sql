CREATE TABLE staff_pins (
  staff_id uuid        NOT NULL PRIMARY KEY REFERENCES staff,
  hash     text        NOT NULL,
  set_at   timestamptz NOT NULL
);
COMMENT ON TABLE staff_pins IS 'Six digits of their own with which somebody comes back to a shared browser in which they have signed in.';
COMMENT ON COLUMN staff_pins.hash IS 'Argon2id of a keyed hash.';

CREATE TABLE staff_browsers (
  browser_hash text        NOT NULL,
  staff_id     uuid        NOT NULL REFERENCES staff,
  proved_at    timestamptz NOT NULL,
  tries        integer     NOT NULL,
  CONSTRAINT staff_browsers_once PRIMARY KEY (browser_hash, staff_id),
  CONSTRAINT staff_browsers_tries CHECK (tries >= 0)
);
CREATE INDEX staff_browsers_staff ON staff_browsers (staff_id);
CREATE INDEX staff_browsers_proved ON staff_browsers (proved_at);
COMMENT ON TABLE staff_browsers IS 'Who has signed in in a shared browser, and may come back to it with less.';
COMMENT ON COLUMN staff_browsers.browser_hash IS 'SHA-256 of the mark that the browser keeps in a cookie.';
COMMENT ON COLUMN staff_browsers.proved_at IS 'When they last signed in here with everything that is asked of them.';
COMMENT ON COLUMN staff_browsers.tries IS 'Wrong PINs typed here since one was right.';
