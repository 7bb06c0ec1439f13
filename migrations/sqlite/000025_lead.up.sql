-- When a visit was booked, when the ward pressed Start, and the lengths that follow from that, for figures.

-- When it was first booked; null while it is held.
ALTER TABLE visits ADD COLUMN booked_at TEXT;
-- When the ward last pressed Start; null before.
ALTER TABLE visits ADD COLUMN opened_at TEXT;
UPDATE visits SET
  booked_at = (SELECT MIN(e.at) FROM audit_events AS e WHERE e.subject = 'visit ' || visits.id AND e.action = 'visit_booked'),
  opened_at = (SELECT MAX(e.at) FROM audit_events AS e
               WHERE e.subject = 'visit ' || visits.id AND e.action = 'visit_started' AND visits.started_at IS NOT NULL AND e.at <= visits.started_at)
WHERE state <> 'held';
-- Seconds from the first person let in to the end.
ALTER TABLE visits ADD COLUMN lasted_seconds INTEGER GENERATED ALWAYS AS
  (CAST(strftime('%s', ended_at) AS INTEGER) - CAST(strftime('%s', started_at) AS INTEGER)) VIRTUAL;
-- Seconds from when it was booked to the first person let in.
ALTER TABLE visits ADD COLUMN lead_seconds INTEGER GENERATED ALWAYS AS
  (CAST(strftime('%s', started_at) AS INTEGER) - CAST(strftime('%s', booked_at) AS INTEGER)) VIRTUAL;
-- Seconds from the ward's Start to the first person let in.
ALTER TABLE visits ADD COLUMN opening_seconds INTEGER GENERATED ALWAYS AS
  (CAST(strftime('%s', started_at) AS INTEGER) - CAST(strftime('%s', opened_at) AS INTEGER)) VIRTUAL;

CREATE INDEX stays_left ON stays (ward_id, to_at) WHERE to_at IS NOT NULL;
CREATE INDEX waitlist_entries_since ON waitlist_entries (ward_id, since);
