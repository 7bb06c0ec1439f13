-- Six digits of their own with which somebody comes back to a shared browser in which they have signed in.
CREATE TABLE staff_pins (
  staff_id TEXT NOT NULL PRIMARY KEY REFERENCES staff,
  -- Argon2id of a keyed hash.
  hash TEXT NOT NULL,
  set_at TEXT NOT NULL
) STRICT;

-- Who has signed in in a shared browser, and may come back to it with less.
CREATE TABLE staff_browsers (
  -- SHA-256 of the mark that the browser keeps in a cookie.
  browser_hash TEXT NOT NULL,
  staff_id TEXT NOT NULL REFERENCES staff,
  -- When they last signed in here with everything that is asked of them.
  proved_at TEXT NOT NULL,
  -- Wrong PINs typed here since one was right.
  tries INTEGER NOT NULL,
  CONSTRAINT staff_browsers_once PRIMARY KEY (browser_hash, staff_id),
  CONSTRAINT staff_browsers_tries CHECK (tries >= 0)
) STRICT;
CREATE INDEX staff_browsers_staff ON staff_browsers (staff_id);
CREATE INDEX staff_browsers_proved ON staff_browsers (proved_at);
