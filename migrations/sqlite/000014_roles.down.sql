CREATE TABLE staff_wards (
  staff_id TEXT NOT NULL REFERENCES staff,
  ward_id TEXT NOT NULL REFERENCES wards,
  role TEXT NOT NULL,
  PRIMARY KEY (staff_id, ward_id),
  CONSTRAINT staff_wards_role CHECK (role IN ('nurse', 'ward_manager', 'auditor'))
) STRICT;
INSERT INTO staff_wards (staff_id, ward_id, role)
SELECT staff_id, ward_id, max(role) FROM staff_roles WHERE ward_id IS NOT NULL AND role IN ('nurse', 'ward_manager', 'auditor')
GROUP BY staff_id, ward_id;
DROP TABLE staff_roles;
ALTER TABLE staff DROP COLUMN signed_out_at;
ALTER TABLE staff DROP COLUMN seen_at;
ALTER TABLE staff DROP COLUMN code_expires_at;
ALTER TABLE staff DROP COLUMN code_hash;
