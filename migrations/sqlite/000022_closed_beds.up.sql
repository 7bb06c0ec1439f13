-- Two hospitals of one name could not be told apart where one is chosen.
CREATE UNIQUE INDEX sites_name ON sites (name);

-- Null while patients may lie in the bed. A bed is closed and never removed, since the stays in it are
-- history.
ALTER TABLE beds ADD COLUMN closed_at TEXT;

-- Nobody lies in a closed bed: neither is a bed closed that somebody lies in, nor anybody put into one
-- that is closed.
CREATE TRIGGER beds_closed_empty BEFORE UPDATE OF closed_at ON beds
WHEN NEW.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM stays AS s WHERE s.bed_id = NEW.id AND s.to_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'beds_closed_empty'); END;
CREATE TRIGGER stays_bed_open_insert BEFORE INSERT ON stays
WHEN NEW.to_at IS NULL AND EXISTS (SELECT 1 FROM beds AS b WHERE b.id = NEW.bed_id AND b.closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'stays_bed_open'); END;
CREATE TRIGGER stays_bed_open_update BEFORE UPDATE OF bed_id, to_at ON stays
WHEN NEW.to_at IS NULL AND EXISTS (SELECT 1 FROM beds AS b WHERE b.id = NEW.bed_id AND b.closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'stays_bed_open'); END;
