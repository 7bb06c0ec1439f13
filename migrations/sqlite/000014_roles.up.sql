-- What people who work here do: in one ward, in every ward of a site, or everywhere.
CREATE TABLE staff_roles (
  staff_id TEXT NOT NULL REFERENCES staff,
  role TEXT NOT NULL,
  -- The ward or the site in which it is held; empty for everywhere.
  place TEXT NOT NULL,
  -- With neither a ward nor a site it is held everywhere, also in wards that are yet to come.
  ward_id TEXT REFERENCES wards,
  site_id TEXT REFERENCES sites,
  PRIMARY KEY (staff_id, role, place),
  CONSTRAINT staff_roles_role CHECK (role IN (
    'nurse', 'facilitator', 'ward_manager', 'device_manager', 'administrator', 'auditor')),
  CONSTRAINT staff_roles_one_place CHECK ((ward_id IS NULL OR site_id IS NULL)
    AND place = COALESCE(CAST(ward_id AS text), CAST(site_id AS text), '')),
  -- Accounts are kept for everybody or for nobody: there is one list of people.
  CONSTRAINT staff_roles_administrator CHECK (role <> 'administrator' OR ward_id IS NULL AND site_id IS NULL)
) STRICT;
INSERT INTO staff_roles (staff_id, role, place, ward_id) SELECT staff_id, role, CAST(ward_id AS text), ward_id FROM staff_wards;
DROP TABLE staff_wards;

-- Keyed hash of the code with which they choose a password, and until when it works.
ALTER TABLE staff ADD COLUMN code_hash TEXT;
ALTER TABLE staff ADD COLUMN code_expires_at TEXT;
ALTER TABLE staff ADD COLUMN seen_at TEXT;
-- Logins that began before are worth nothing.
ALTER TABLE staff ADD COLUMN signed_out_at TEXT;
