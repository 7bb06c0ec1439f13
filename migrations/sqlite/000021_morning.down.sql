ALTER TABLE devices DROP COLUMN microphone;
ALTER TABLE devices DROP COLUMN camera;
ALTER TABLE devices DROP COLUMN checked_at;
ALTER TABLE devices DROP COLUMN answer_ms;
ALTER TABLE devices DROP COLUMN clock_ahead;
