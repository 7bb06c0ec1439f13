DROP INDEX waitlist_entries_since;
DROP INDEX stays_left;
ALTER TABLE visits DROP COLUMN opening_seconds;
ALTER TABLE visits DROP COLUMN lead_seconds;
ALTER TABLE visits DROP COLUMN lasted_seconds;
ALTER TABLE visits DROP COLUMN opened_at;
ALTER TABLE visits DROP COLUMN booked_at;
