-- Two hospitals of one name could not be told apart where one is chosen.
CREATE UNIQUE INDEX sites_name ON sites (name);

ALTER TABLE beds ADD COLUMN closed_at timestamptz;
COMMENT ON COLUMN beds.closed_at IS 'Null while patients may lie in the bed. A bed is closed and never removed, since the stays in it are history.';

-- Nobody lies in a closed bed: neither is a bed closed that somebody lies in, nor anybody put into one
-- that is closed. Both sides lock the bed first, so that of two who race the second sees what the
-- first did.
CREATE FUNCTION beds_closed_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM stays AS s WHERE s.bed_id = NEW.id AND s.to_at IS NULL) THEN
    RAISE EXCEPTION 'beds_closed_empty' USING ERRCODE = 'check_violation', CONSTRAINT = 'beds_closed_empty';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER beds_closed_empty BEFORE UPDATE OF closed_at ON beds
FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL)
EXECUTE FUNCTION beds_closed_empty();

CREATE FUNCTION stays_bed_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM beds WHERE id = NEW.bed_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM beds AS b WHERE b.id = NEW.bed_id AND b.closed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'stays_bed_open' USING ERRCODE = 'check_violation', CONSTRAINT = 'stays_bed_open';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stays_bed_open BEFORE INSERT OR UPDATE OF bed_id, to_at ON stays
FOR EACH ROW WHEN (NEW.to_at IS NULL)
EXECUTE FUNCTION stays_bed_open();
