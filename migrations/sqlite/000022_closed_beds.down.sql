DROP TRIGGER stays_bed_open_update;
DROP TRIGGER stays_bed_open_insert;
DROP TRIGGER beds_closed_empty;
ALTER TABLE beds DROP COLUMN closed_at;
DROP INDEX sites_name;
