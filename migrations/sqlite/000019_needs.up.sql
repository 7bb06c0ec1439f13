-- What staff should know of a patient before anybody speaks with them, or of them.
-- What is best spoken or signed with them; empty for what the hospital speaks.
ALTER TABLE patients ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE patients ADD COLUMN mode TEXT NOT NULL DEFAULT ''
  CONSTRAINT patients_mode CHECK ((language = '' AND mode = '') OR (language <> '' AND mode IN ('spoken', 'sign')));
-- What else helps them see, hear and be understood.
ALTER TABLE patients ADD COLUMN needs TEXT NOT NULL DEFAULT '';
-- They asked that nobody be told that they are here.
ALTER TABLE patients ADD COLUMN private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1));
-- Who said that they may be told of a patient who is private; empty for none.
ALTER TABLE circle_members ADD COLUMN agreed_by TEXT NOT NULL DEFAULT '';
