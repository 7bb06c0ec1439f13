-- What staff should know of a patient before anybody speaks with them, or of them.
ALTER TABLE patients
  ADD COLUMN language text NOT NULL DEFAULT '',
  ADD COLUMN mode     text NOT NULL DEFAULT '',
  ADD COLUMN needs    text NOT NULL DEFAULT '',
  ADD COLUMN private  boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT patients_mode CHECK ((language = '' AND mode = '') OR (language <> '' AND mode IN ('spoken', 'sign')));
COMMENT ON COLUMN patients.language IS 'What is best spoken or signed with them; empty for what the hospital speaks.';
COMMENT ON COLUMN patients.needs IS 'What else helps them see, hear and be understood.';
COMMENT ON COLUMN patients.private IS 'They asked that nobody be told that they are here.';
ALTER TABLE circle_members ADD COLUMN agreed_by text NOT NULL DEFAULT '';
COMMENT ON COLUMN circle_members.agreed_by IS 'Who said that they may be told of a patient who is private; empty for none.';
