-- How an iPad has to be cleaned depends on the patients that it was with since it last was.
ALTER TABLE devices
  ADD COLUMN soiled    text NOT NULL DEFAULT 'none',
  ADD COLUMN soiled_by uuid,
  ADD CONSTRAINT devices_soiled CHECK (soiled IN ('none', 'contact', 'droplet', 'airborne'));
-- What is dirty now may have been anywhere, so that it asks for the most.
UPDATE devices SET soiled = 'contact' WHERE state IN ('in_use', 'dirty');
COMMENT ON COLUMN devices.soiled IS 'The class of infection of those that it was with since it was clean that leaves the fewest methods.';
COMMENT ON COLUMN devices.soiled_by IS 'The last visit that it was in since it was clean; null when none is known.';

CREATE TABLE cleanings (
  id          uuid        NOT NULL PRIMARY KEY,
  device_id   uuid        NOT NULL REFERENCES devices,
  cleaned_at  timestamptz NOT NULL,
  by_kind     text        NOT NULL,
  by_id       text        NOT NULL,
  by_name     text        NOT NULL,
  method      text        NOT NULL,
  cleaned_for text        NOT NULL,
  visit_id    uuid        REFERENCES visits,
  CONSTRAINT cleanings_method CHECK (method IN ('wipe', 'chlorine', 'ultraviolet'))
);
CREATE INDEX cleanings_device ON cleanings (device_id, cleaned_at);
CREATE INDEX cleanings_visit ON cleanings (visit_id);
COMMENT ON TABLE cleanings IS 'Each time that somebody cleaned a device, and how.';
COMMENT ON COLUMN cleanings.cleaned_for IS 'The class of infection that it had to be cleaned for.';
COMMENT ON COLUMN cleanings.visit_id IS 'The last visit that it was in; null when none is known.';

CREATE TABLE unclean_starts (
  visit_id   uuid        NOT NULL PRIMARY KEY REFERENCES visits,
  device_id  uuid        NOT NULL REFERENCES devices,
  started_at timestamptz NOT NULL,
  by_kind    text        NOT NULL,
  by_id      text        NOT NULL,
  by_name    text        NOT NULL,
  reason     text        NOT NULL,
  CONSTRAINT unclean_starts_reason CHECK (reason <> '')
);
CREATE INDEX unclean_starts_device ON unclean_starts (device_id);
COMMENT ON TABLE unclean_starts IS 'Visits that somebody started on a device that was not clean, and why.';
