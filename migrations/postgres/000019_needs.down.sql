ALTER TABLE circle_members DROP COLUMN agreed_by;
ALTER TABLE patients DROP CONSTRAINT patients_mode, DROP COLUMN private, DROP COLUMN needs, DROP COLUMN mode, DROP COLUMN language;
