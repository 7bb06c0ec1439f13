-- An iPad signs with a key that its browser made and that cannot be read out of it. Until now it
-- held a secret that could be copied: which browser has it nobody can tell, so that all are to be
-- paired again. key_hash is now the SHA-256 of the public key.
UPDATE devices SET key_hash = NULL, last_seen = NULL, battery = NULL;
-- SHA-256 of what the iPad shows when it next proves itself; null until it has for the first time.
ALTER TABLE devices ADD COLUMN link_hash TEXT;
-- When a copy of its browser was last turned away; null again once it is paired anew.
ALTER TABLE devices ADD COLUMN copied_at TEXT;

-- Short spells for which an iPad need not sign again. Kept for a day after, to know a copied one.
CREATE TABLE device_logins (
  token_hash TEXT NOT NULL PRIMARY KEY,
  device_id TEXT NOT NULL REFERENCES devices,
  -- Of the key that it was proved with: it is worth nothing once that is not the device's.
  key_hash TEXT NOT NULL,
  began_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  -- When it was first used; null until then, while an earlier one is still good.
  used_at TEXT,
  -- When a later one was first used, from when on it is worth nothing.
  replaced_at TEXT,
  -- When it was told to staff that somebody came with it after that.
  told_at TEXT,
  CONSTRAINT device_logins_forwards CHECK (began_at < expires_at)
) STRICT;
CREATE INDEX device_logins_device ON device_logins (device_id, began_at);

-- What iPads are to sign: each is for one of them, and gone once used.
CREATE TABLE device_challenges (
  nonce_hash TEXT NOT NULL PRIMARY KEY,
  device_id TEXT NOT NULL REFERENCES devices,
  expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX device_challenges_device ON device_challenges (device_id);
