-- Whoever was paused stays away.
UPDATE circle_members SET status = 'proposed', paused_why = '' WHERE status = 'paused';
ALTER TABLE circle_members
  DROP COLUMN paused_why, -- and the constraint that names it
  DROP CONSTRAINT circle_members_status,
  ADD CONSTRAINT circle_members_status CHECK (status IN ('proposed', 'approved', 'removed')),
  DROP CONSTRAINT circle_members_approved,
  ADD CONSTRAINT circle_members_approved CHECK (status <> 'approved' OR approved_at IS NOT NULL);
