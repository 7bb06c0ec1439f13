CREATE TABLE staff_roles (
  staff_id uuid NOT NULL REFERENCES staff,
  role     text NOT NULL,
  place    text NOT NULL,
  ward_id  uuid REFERENCES wards,
  site_id  uuid REFERENCES sites,
  PRIMARY KEY (staff_id, role, place),
  CONSTRAINT staff_roles_role CHECK (role IN (
    'nurse', 'facilitator', 'ward_manager', 'device_manager', 'administrator', 'auditor')),
  CONSTRAINT staff_roles_one_place CHECK ((ward_id IS NULL OR site_id IS NULL)
    AND place = COALESCE(CAST(ward_id AS text), CAST(site_id AS text), '')),
  CONSTRAINT staff_roles_administrator CHECK (role <> 'administrator' OR ward_id IS NULL AND site_id IS NULL)
);
COMMENT ON TABLE staff_roles IS 'What people who work here do: in one ward, in every ward of a site, or everywhere.';
COMMENT ON COLUMN staff_roles.place IS 'The ward or the site in which it is held; empty for everywhere.';
COMMENT ON COLUMN staff_roles.ward_id IS 'With neither a ward nor a site it is held everywhere, also in wards that are yet to come.';
COMMENT ON CONSTRAINT staff_roles_administrator ON staff_roles IS 'Accounts are kept for everybody or for nobody: there is one list of people.';
INSERT INTO staff_roles (staff_id, role, place, ward_id) SELECT staff_id, role, CAST(ward_id AS text), ward_id FROM staff_wards;
DROP TABLE staff_wards;

ALTER TABLE staff ADD COLUMN code_hash text;
ALTER TABLE staff ADD COLUMN code_expires_at timestamptz;
ALTER TABLE staff ADD COLUMN seen_at timestamptz;
ALTER TABLE staff ADD COLUMN signed_out_at timestamptz;
COMMENT ON COLUMN staff.code_hash IS 'Keyed hash of the code with which they choose a password.';
COMMENT ON COLUMN staff.code_expires_at IS 'Until when that works.';
COMMENT ON COLUMN staff.seen_at IS 'When they last signed in.';
COMMENT ON COLUMN staff.signed_out_at IS 'Logins that began before are worth nothing.';
