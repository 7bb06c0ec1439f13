-- The chain of the audit: each event's place in it, and the hash that binds it to all before it.
-- How the hash is made stands in the package doc of booking. A row is written by the sealer, about a
-- second after its event, once. It has no foreign key: what holds the two tables together is the hash.
CREATE TABLE audit_seals (
  -- 1, 2, 3 … in the order of sealing, which need not be that of seq.
  place INTEGER NOT NULL PRIMARY KEY,
  -- The event's.
  seq INTEGER NOT NULL,
  sealed_at TEXT NOT NULL,
  -- SHA-256, as hexadecimal digits.
  hash TEXT NOT NULL,
  -- HMAC-SHA-256 of the hash by a key that is not in the database, on the last row of a batch; null
  -- on the others, and where there is no key.
  mac TEXT
) STRICT;
CREATE UNIQUE INDEX audit_seals_seq ON audit_seals (seq);

CREATE TRIGGER audit_seals_append_only_update BEFORE UPDATE ON audit_seals
BEGIN SELECT RAISE(ABORT, 'audit_seals_append_only'); END;
CREATE TRIGGER audit_seals_append_only_delete BEFORE DELETE ON audit_seals
BEGIN SELECT RAISE(ABORT, 'audit_seals_append_only'); END;
-- REPLACE deletes without asking the triggers of DELETE.
CREATE TRIGGER audit_seals_kept_insert BEFORE INSERT ON audit_seals
WHEN EXISTS (SELECT 1 FROM audit_seals WHERE place = NEW.place OR seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'audit_seals_kept'); END;
CREATE TRIGGER audit_events_kept_insert BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'audit_events_kept'); END;

-- For a search by who did it.
CREATE INDEX audit_events_actor ON audit_events (actor_id, seq);

-- Somebody who may read a ward's audit, and do nothing else there.
CREATE TABLE staff_wards_new (
  staff_id TEXT NOT NULL REFERENCES staff,
  ward_id TEXT NOT NULL REFERENCES wards,
  role TEXT NOT NULL,
  PRIMARY KEY (staff_id, ward_id),
  CONSTRAINT staff_wards_role CHECK (role IN ('nurse', 'ward_manager', 'auditor'))
) STRICT;
INSERT INTO staff_wards_new SELECT staff_id, ward_id, role FROM staff_wards;
DROP TABLE staff_wards;
ALTER TABLE staff_wards_new RENAME TO staff_wards;
