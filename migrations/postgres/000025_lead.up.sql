-- When a visit was booked, when the ward pressed Start, and the lengths that follow from that, for figures.
ALTER TABLE visits
  ADD COLUMN booked_at timestamptz,
  ADD COLUMN opened_at timestamptz;
UPDATE visits SET
  booked_at = (SELECT MIN(e.at) FROM audit_events AS e WHERE e.subject = 'visit ' || visits.id AND e.action = 'visit_booked'),
  opened_at = (SELECT MAX(e.at) FROM audit_events AS e
               WHERE e.subject = 'visit ' || visits.id AND e.action = 'visit_started' AND visits.started_at IS NOT NULL AND e.at <= visits.started_at)
WHERE state <> 'held';
ALTER TABLE visits
  ADD COLUMN lasted_seconds bigint GENERATED ALWAYS AS
    (CAST(floor(EXTRACT(EPOCH FROM ended_at AT TIME ZONE 'UTC')) - floor(EXTRACT(EPOCH FROM started_at AT TIME ZONE 'UTC')) AS bigint)) STORED,
  ADD COLUMN lead_seconds bigint GENERATED ALWAYS AS
    (CAST(floor(EXTRACT(EPOCH FROM started_at AT TIME ZONE 'UTC')) - floor(EXTRACT(EPOCH FROM booked_at AT TIME ZONE 'UTC')) AS bigint)) STORED,
  ADD COLUMN opening_seconds bigint GENERATED ALWAYS AS
    (CAST(floor(EXTRACT(EPOCH FROM started_at AT TIME ZONE 'UTC')) - floor(EXTRACT(EPOCH FROM opened_at AT TIME ZONE 'UTC')) AS bigint)) STORED;
COMMENT ON COLUMN visits.booked_at IS 'When it was first booked; null while it is held.';
COMMENT ON COLUMN visits.opened_at IS 'When the ward last pressed Start; null before.';
COMMENT ON COLUMN visits.lasted_seconds IS 'Seconds from the first person let in to the end.';
COMMENT ON COLUMN visits.lead_seconds IS 'Seconds from when it was booked to the first person let in.';
COMMENT ON COLUMN visits.opening_seconds IS 'Seconds from the ward''s Start to the first person let in.';

CREATE INDEX stays_left ON stays (ward_id, to_at) WHERE to_at IS NOT NULL;
CREATE INDEX waitlist_entries_since ON waitlist_entries (ward_id, since);
