DROP TRIGGER interpreter_not_closed;
ALTER TABLE interpreters DROP COLUMN version;
ALTER TABLE interpreters DROP COLUMN closed_at;
CREATE TABLE staff_roles_made_anew (
  staff_id TEXT NOT NULL REFERENCES staff,
  role TEXT NOT NULL,
  place TEXT NOT NULL,
  ward_id TEXT REFERENCES wards,
  site_id TEXT REFERENCES sites,
  claimed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (staff_id, role, place),
  CONSTRAINT staff_roles_role CHECK (role IN (
    'nurse', 'facilitator', 'ward_manager', 'device_manager', 'administrator', 'auditor')),
  CONSTRAINT staff_roles_one_place CHECK ((ward_id IS NULL OR site_id IS NULL)
    AND place = COALESCE(CAST(ward_id AS text), CAST(site_id AS text), '')),
  CONSTRAINT staff_roles_administrator CHECK (role <> 'administrator' OR ward_id IS NULL AND site_id IS NULL)
) STRICT;
INSERT INTO staff_roles_made_anew (staff_id, role, place, ward_id, site_id, claimed)
SELECT staff_id, role, place, ward_id, site_id, claimed FROM staff_roles WHERE role <> 'interpreter_coordinator';
DROP TABLE staff_roles;
ALTER TABLE staff_roles_made_anew RENAME TO staff_roles;
