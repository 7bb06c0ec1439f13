CREATE TABLE audit_seals (
  place     bigint      NOT NULL PRIMARY KEY,
  seq       bigint      NOT NULL,
  sealed_at timestamptz NOT NULL,
  hash      text        NOT NULL,
  mac       text
);
CREATE UNIQUE INDEX audit_seals_seq ON audit_seals (seq);
COMMENT ON TABLE audit_seals IS 'The chain of the audit: each event''s place in it, and the hash that binds it to all before it. How the hash is made stands in the package doc of booking. A row is written by the sealer, about a second after its event, once. It has no foreign key: what holds the two tables together is the hash.';
COMMENT ON COLUMN audit_seals.place IS '1, 2, 3 … in the order of sealing, which need not be that of seq.';
COMMENT ON COLUMN audit_seals.seq IS 'The event''s.';
COMMENT ON COLUMN audit_seals.hash IS 'SHA-256, as hexadecimal digits.';
COMMENT ON COLUMN audit_seals.mac IS 'HMAC-SHA-256 of the hash by a key that is not in the database, on the last row of a batch; null on the others, and where there is no key.';

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_NAME USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals
FOR EACH ROW EXECUTE FUNCTION audit_refuse();
-- TRUNCATE deletes without asking the triggers of rows.
CREATE TRIGGER audit_seals_kept BEFORE TRUNCATE ON audit_seals
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_events_kept BEFORE TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- For a search by who did it.
CREATE INDEX audit_events_actor ON audit_events (actor_id, seq);

-- Somebody who may read a ward's audit, and do nothing else there.
ALTER TABLE staff_wards DROP CONSTRAINT staff_wards_role;
ALTER TABLE staff_wards ADD CONSTRAINT staff_wards_role CHECK (role IN ('nurse', 'ward_manager', 'auditor'));
