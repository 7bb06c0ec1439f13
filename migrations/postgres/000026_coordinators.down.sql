DROP TRIGGER interpreter_not_closed ON reservations;
DROP FUNCTION interpreter_not_closed();
ALTER TABLE interpreters DROP COLUMN version, DROP COLUMN closed_at;
DELETE FROM staff_roles WHERE role = 'interpreter_coordinator';
ALTER TABLE staff_roles DROP CONSTRAINT staff_roles_role;
ALTER TABLE staff_roles ADD CONSTRAINT staff_roles_role CHECK (role IN (
  'nurse', 'facilitator', 'ward_manager', 'device_manager', 'administrator', 'auditor'));
