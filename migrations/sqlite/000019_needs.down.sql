ALTER TABLE circle_members DROP COLUMN agreed_by;
ALTER TABLE patients DROP COLUMN private;
ALTER TABLE patients DROP COLUMN needs;
ALTER TABLE patients DROP COLUMN mode;
ALTER TABLE patients DROP COLUMN language;
