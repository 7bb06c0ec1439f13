-- An iPad signs with a key that its browser made and that cannot be read out of it. Until now it
-- held a secret that could be copied: which browser has it nobody can tell, so that all are to be
-- paired again.
UPDATE devices SET key_hash = NULL, last_seen = NULL, battery = NULL;
ALTER TABLE devices ADD COLUMN link_hash text;
ALTER TABLE devices ADD COLUMN copied_at timestamptz;
COMMENT ON COLUMN devices.key_hash IS 'SHA-256 of the public key of the browser paired as this device; null while unpaired.';
COMMENT ON COLUMN devices.link_hash IS 'SHA-256 of what the iPad shows when it next proves itself; null until it has for the first time.';
COMMENT ON COLUMN devices.copied_at IS 'When a copy of its browser was last turned away; null again once it is paired anew.';

CREATE TABLE device_logins (
  token_hash  text        NOT NULL PRIMARY KEY,
  device_id   uuid        NOT NULL REFERENCES devices,
  key_hash    text        NOT NULL,
  began_at    timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  replaced_at timestamptz,
  told_at     timestamptz,
  CONSTRAINT device_logins_forwards CHECK (began_at < expires_at)
);
CREATE INDEX device_logins_device ON device_logins (device_id, began_at);
COMMENT ON TABLE device_logins IS 'Short spells for which an iPad need not sign again. Kept for a day after, to know a copied one.';
COMMENT ON COLUMN device_logins.key_hash IS 'Of the key that it was proved with: it is worth nothing once that is not the device''s.';
COMMENT ON COLUMN device_logins.used_at IS 'When it was first used; null until then, while an earlier one is still good.';
COMMENT ON COLUMN device_logins.replaced_at IS 'When a later one was first used, from when on it is worth nothing.';
COMMENT ON COLUMN device_logins.told_at IS 'When it was told to staff that somebody came with it after that.';

CREATE TABLE device_challenges (
  nonce_hash text        NOT NULL PRIMARY KEY,
  device_id  uuid        NOT NULL REFERENCES devices,
  expires_at timestamptz NOT NULL
);
CREATE INDEX device_challenges_device ON device_challenges (device_id);
COMMENT ON TABLE device_challenges IS 'What iPads are to sign: each is for one of them, and gone once used.';
