-- What an iPad says of itself: with each heartbeat, and when it tries itself in the morning.
-- By how many seconds its clock is ahead of ours; negative when it is behind.
ALTER TABLE devices ADD COLUMN clock_ahead INTEGER NOT NULL DEFAULT 0;
-- How many milliseconds its last heartbeat waited for its answer; 0 is not known.
ALTER TABLE devices ADD COLUMN answer_ms INTEGER NOT NULL DEFAULT 0
  CONSTRAINT devices_answer CHECK (answer_ms >= 0);
-- When it last tried its camera and microphone; null is never since it was paired.
ALTER TABLE devices ADD COLUMN checked_at TEXT;
ALTER TABLE devices ADD COLUMN camera TEXT NOT NULL DEFAULT ''
  CONSTRAINT devices_camera CHECK (camera IN ('', 'works', 'dark', 'refused', 'missing', 'nothing'));
ALTER TABLE devices ADD COLUMN microphone TEXT NOT NULL DEFAULT ''
  CONSTRAINT devices_microphone CHECK (microphone IN ('', 'works', 'refused', 'missing', 'nothing'));
