ALTER TABLE staff_roles DROP CONSTRAINT staff_roles_role;
ALTER TABLE staff_roles ADD CONSTRAINT staff_roles_role CHECK (role IN (
  'nurse', 'facilitator', 'ward_manager', 'device_manager', 'interpreter_coordinator', 'administrator', 'auditor'));

ALTER TABLE interpreters ADD COLUMN closed_at timestamptz, ADD COLUMN version integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN interpreters.closed_at IS 'When they left; they are asked to nothing after that, and their links open nothing.';
COMMENT ON COLUMN interpreters.version IS 'Grows with each change by a coordinator, so that two of them do not undo each other.';

-- Nobody who has left is booked, whoever books.
CREATE FUNCTION interpreter_not_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM interpreters WHERE id = NEW.resource_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM interpreters AS i WHERE i.id = NEW.resource_id AND i.closed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'interpreter_not_closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'interpreter_not_closed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER interpreter_not_closed BEFORE INSERT ON reservations
FOR EACH ROW WHEN (NEW.resource_kind = 'interpreter' AND NEW.state <> 'released')
EXECUTE FUNCTION interpreter_not_closed();
