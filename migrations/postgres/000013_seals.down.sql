DELETE FROM staff_wards WHERE role = 'auditor';
ALTER TABLE staff_wards DROP CONSTRAINT staff_wards_role;
ALTER TABLE staff_wards ADD CONSTRAINT staff_wards_role CHECK (role IN ('nurse', 'ward_manager'));
DROP INDEX audit_events_actor;
DROP TRIGGER audit_events_kept ON audit_events;
DROP TABLE audit_seals;
DROP FUNCTION audit_refuse();
