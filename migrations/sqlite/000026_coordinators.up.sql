-- Coordinators of interpreters are a role, and interpreters can leave.
CREATE TABLE staff_roles_made_anew (
  staff_id TEXT NOT NULL REFERENCES staff,
  role TEXT NOT NULL,
  -- The ward or the site in which it is held; empty for everywhere.
  place TEXT NOT NULL,
  -- With neither a ward nor a site it is held everywhere, also in wards that are yet to come.
  ward_id TEXT REFERENCES wards,
  site_id TEXT REFERENCES sites,
  -- The provider says so, and takes it away by not saying so; otherwise an administrator gave it.
  claimed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (staff_id, role, place),
  CONSTRAINT staff_roles_role CHECK (role IN (
    'nurse', 'facilitator', 'ward_manager', 'device_manager', 'interpreter_coordinator', 'administrator', 'auditor')),
  CONSTRAINT staff_roles_one_place CHECK ((ward_id IS NULL OR site_id IS NULL)
    AND place = COALESCE(CAST(ward_id AS text), CAST(site_id AS text), '')),
  -- Accounts are kept for everybody or for nobody: there is one list of people.
  CONSTRAINT staff_roles_administrator CHECK (role <> 'administrator' OR ward_id IS NULL AND site_id IS NULL)
) STRICT;
INSERT INTO staff_roles_made_anew (staff_id, role, place, ward_id, site_id, claimed)
SELECT staff_id, role, place, ward_id, site_id, claimed FROM staff_roles;
DROP TABLE staff_roles;
ALTER TABLE staff_roles_made_anew RENAME TO staff_roles;

-- When they left; they are asked to nothing after that, and their links open nothing.
ALTER TABLE interpreters ADD COLUMN closed_at TEXT;
-- Grows with each change by a coordinator, so that two of them do not undo each other.
ALTER TABLE interpreters ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Nobody who has left is booked, whoever books.
CREATE TRIGGER interpreter_not_closed BEFORE INSERT ON reservations
WHEN NEW.resource_kind = 'interpreter' AND NEW.state <> 'released' AND EXISTS (
  SELECT 1 FROM interpreters AS i WHERE i.id = NEW.resource_id AND i.closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'interpreter_not_closed'); END;
