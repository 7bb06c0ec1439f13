DROP TABLE device_loans;
ALTER TABLE devices DROP COLUMN dedicated, DROP COLUMN zone;
ALTER TABLE patients DROP COLUMN merged_into, DROP COLUMN infection;
DROP TABLE protected_times;
DROP TABLE closures;
DELETE FROM sessions WHERE audience = 'end_of_life';
ALTER TABLE sessions
  DROP CONSTRAINT sessions_valid,
  DROP CONSTRAINT sessions_audience,
  ADD CONSTRAINT sessions_audience CHECK (audience IN ('relatives', 'staff')),
  DROP COLUMN people,
  DROP COLUMN every_weeks;
ALTER TABLE policies
  DROP COLUMN contact_prepare, DROP COLUMN contact_clean, DROP COLUMN droplet_prepare, DROP COLUMN droplet_clean, DROP COLUMN airborne_prepare, DROP COLUMN airborne_clean,
  DROP COLUMN made_by, DROP COLUMN made_at, DROP COLUMN offer_minutes, DROP COLUMN week_starts, DROP COLUMN weekly_max,
  DROP COLUMN weekly_min, DROP COLUMN staff_notice_minutes, DROP COLUMN staff_earliest_minutes;
