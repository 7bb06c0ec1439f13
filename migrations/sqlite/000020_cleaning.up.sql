-- How an iPad has to be cleaned depends on the patients that it was with since it last was.
-- The class of infection that leaves the fewest methods. What is dirty now may have been
-- anywhere, so that it asks for the most.
ALTER TABLE devices ADD COLUMN soiled TEXT NOT NULL DEFAULT 'none'
  CONSTRAINT devices_soiled CHECK (soiled IN ('none', 'contact', 'droplet', 'airborne'));
-- The last visit that it was in since it was clean; null when none is known.
ALTER TABLE devices ADD COLUMN soiled_by TEXT;
UPDATE devices SET soiled = 'contact' WHERE state IN ('in_use', 'dirty');

-- Each time that somebody cleaned a device, and how.
CREATE TABLE cleanings (
  id TEXT NOT NULL PRIMARY KEY,
  device_id TEXT NOT NULL REFERENCES devices,
  cleaned_at TEXT NOT NULL,
  by_kind TEXT NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  method TEXT NOT NULL,
  -- The class of infection that it had to be cleaned for.
  cleaned_for TEXT NOT NULL,
  -- The last visit that it was in; null when none is known.
  visit_id TEXT REFERENCES visits,
  CONSTRAINT cleanings_method CHECK (method IN ('wipe', 'chlorine', 'ultraviolet'))
) STRICT;
CREATE INDEX cleanings_device ON cleanings (device_id, cleaned_at);
CREATE INDEX cleanings_visit ON cleanings (visit_id);

-- Visits that somebody started on a device that was not clean, and why.
CREATE TABLE unclean_starts (
  visit_id TEXT NOT NULL PRIMARY KEY REFERENCES visits,
  device_id TEXT NOT NULL REFERENCES devices,
  started_at TEXT NOT NULL,
  by_kind TEXT NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT unclean_starts_reason CHECK (reason <> '')
) STRICT;
CREATE INDEX unclean_starts_device ON unclean_starts (device_id);
