-- What an iPad says of itself: with each heartbeat, and when it tries itself in the morning.
ALTER TABLE devices
  ADD COLUMN clock_ahead bigint      NOT NULL DEFAULT 0,
  ADD COLUMN answer_ms   bigint      NOT NULL DEFAULT 0,
  ADD COLUMN checked_at  timestamptz,
  ADD COLUMN camera      text        NOT NULL DEFAULT '',
  ADD COLUMN microphone  text        NOT NULL DEFAULT '',
  ADD CONSTRAINT devices_answer CHECK (answer_ms >= 0),
  ADD CONSTRAINT devices_camera CHECK (camera IN ('', 'works', 'dark', 'refused', 'missing', 'nothing')),
  ADD CONSTRAINT devices_microphone CHECK (microphone IN ('', 'works', 'refused', 'missing', 'nothing'));
COMMENT ON COLUMN devices.clock_ahead IS 'By how many seconds its clock is ahead of ours; negative when it is behind.';
COMMENT ON COLUMN devices.answer_ms IS 'How many milliseconds its last heartbeat waited for its answer; 0 is not known.';
COMMENT ON COLUMN devices.checked_at IS 'When it last tried its camera and microphone; null is never since it was paired.';
COMMENT ON COLUMN devices.camera IS 'What became of its camera then.';
COMMENT ON COLUMN devices.microphone IS 'What became of its microphone then.';
