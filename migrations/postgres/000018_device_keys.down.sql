DROP TABLE device_challenges;
DROP TABLE device_logins;
ALTER TABLE devices DROP COLUMN copied_at;
ALTER TABLE devices DROP COLUMN link_hash;
UPDATE devices SET key_hash = NULL;
