-- Somebody of a circle may be kept from visiting for a while.
ALTER TABLE circle_members
  ADD COLUMN paused_why text NOT NULL DEFAULT '',
  DROP CONSTRAINT circle_members_status,
  ADD CONSTRAINT circle_members_status CHECK (status IN ('proposed', 'approved', 'paused', 'removed')),
  DROP CONSTRAINT circle_members_approved,
  ADD CONSTRAINT circle_members_approved CHECK (status NOT IN ('approved', 'paused') OR approved_at IS NOT NULL),
  ADD CONSTRAINT circle_members_paused CHECK ((status = 'paused') = (paused_why <> ''));
COMMENT ON COLUMN circle_members.paused_why IS 'For staff only; empty unless paused.';
