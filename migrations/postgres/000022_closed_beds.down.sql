DROP TRIGGER stays_bed_open ON stays;
DROP FUNCTION stays_bed_open();
DROP TRIGGER beds_closed_empty ON beds;
DROP FUNCTION beds_closed_empty();
ALTER TABLE beds DROP COLUMN closed_at;
DROP INDEX sites_name;
