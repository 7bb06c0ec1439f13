CREATE TABLE patients (
  id    uuid   NOT NULL PRIMARY KEY,
  mrn   text   NOT NULL,
  name  text   NOT NULL,
  alias text   NOT NULL,
  state text   NOT NULL,
  holds bigint NOT NULL DEFAULT 0,
  CONSTRAINT patients_state CHECK (state IN ('active', 'discharged', 'died'))
);
CREATE UNIQUE INDEX patients_mrn ON patients (mrn);
COMMENT ON TABLE patients IS 'Who is visited.';
COMMENT ON COLUMN patients.mrn IS 'Medical record number, unique in the hospital.';
COMMENT ON COLUMN patients.alias IS 'What boards and locked screens may show.';
COMMENT ON COLUMN patients.holds IS 'Counts acts on the patient. Every act on a patient''s visits or circle touches this row first, so they happen one after another.';

CREATE TABLE stays (
  id         uuid        NOT NULL PRIMARY KEY,
  patient_id uuid        NOT NULL REFERENCES patients,
  ward_id    uuid        NOT NULL REFERENCES wards,
  bed_id     uuid        NOT NULL REFERENCES beds,
  from_at    timestamptz NOT NULL,
  to_at      timestamptz,
  CONSTRAINT stays_forwards CHECK (to_at IS NULL OR from_at < to_at)
);
CREATE UNIQUE INDEX stays_one_place ON stays (patient_id) WHERE to_at IS NULL;
CREATE UNIQUE INDEX stays_one_patient ON stays (bed_id) WHERE to_at IS NULL;
CREATE INDEX stays_ward ON stays (ward_id) WHERE to_at IS NULL;
COMMENT ON TABLE stays IS 'Where a patient lay, from one instant to another.';
COMMENT ON COLUMN stays.to_at IS 'Null while the stay lasts.';

CREATE TABLE visitors (
  id          uuid NOT NULL PRIMARY KEY,
  name        text NOT NULL,
  phone       text NOT NULL,
  email       text NOT NULL DEFAULT '',
  verified_at timestamptz
);
CREATE UNIQUE INDEX visitors_phone ON visitors (phone);
COMMENT ON TABLE visitors IS 'People allowed to visit; pages call them family and friends.';
COMMENT ON COLUMN visitors.phone IS 'E.164. One person, one number: a code sent to it proves who is asking.';
COMMENT ON COLUMN visitors.verified_at IS 'When the phone last proved to be theirs.';

CREATE TABLE circle_members (
  id           uuid NOT NULL PRIMARY KEY,
  patient_id   uuid NOT NULL REFERENCES patients,
  visitor_id   uuid NOT NULL REFERENCES visitors,
  relationship text NOT NULL,
  status       text NOT NULL,
  approved_at  timestamptz,
  CONSTRAINT circle_members_status CHECK (status IN ('proposed', 'approved', 'removed')),
  CONSTRAINT circle_members_approved CHECK (status <> 'approved' OR approved_at IS NOT NULL)
);
CREATE UNIQUE INDEX circle_members_person ON circle_members (patient_id, visitor_id);
CREATE INDEX circle_members_visitor ON circle_members (visitor_id);
COMMENT ON TABLE circle_members IS 'Who may visit whom: the visitors that a patient, or the ward on their behalf, has approved.';
COMMENT ON COLUMN circle_members.relationship IS 'What the visitor is to the patient.';

CREATE TABLE bars (
  id         uuid        NOT NULL PRIMARY KEY,
  patient_id uuid        NOT NULL REFERENCES patients,
  visitor_id uuid        NOT NULL REFERENCES visitors,
  reason     text        NOT NULL,
  set_by     text        NOT NULL,
  set_at     timestamptz NOT NULL,
  lifted_by  text        NOT NULL DEFAULT '',
  lifted_at  timestamptz
);
CREATE UNIQUE INDEX bars_one_standing ON bars (patient_id, visitor_id) WHERE lifted_at IS NULL;
COMMENT ON TABLE bars IS 'People who may not visit a patient, whatever else is said.';
COMMENT ON COLUMN bars.reason IS 'For staff only; never shown or hinted at outside.';

CREATE TABLE consents (
  id           uuid        NOT NULL PRIMARY KEY,
  patient_id   uuid        NOT NULL REFERENCES patients,
  basis        text        NOT NULL,
  given_by     text        NOT NULL,
  recorded_by  text        NOT NULL,
  at           timestamptz NOT NULL,
  review_on    date,
  withdrawn_at timestamptz,
  CONSTRAINT consents_basis CHECK (basis IN ('own', 'best_interests', 'parent', 'attorney'))
);
CREATE INDEX consents_patient ON consents (patient_id, at);
COMMENT ON TABLE consents IS 'Yeses to video visits, and their withdrawal; the latest counts.';
COMMENT ON COLUMN consents.given_by IS 'Who said yes.';
COMMENT ON COLUMN consents.recorded_by IS 'Who wrote it down.';
COMMENT ON COLUMN consents.review_on IS 'The last day on which it counts; null for no end.';

CREATE TABLE interpreters (
  id    uuid   NOT NULL PRIMARY KEY,
  name  text   NOT NULL,
  phone text   NOT NULL,
  email text   NOT NULL DEFAULT '',
  zone  text   NOT NULL,
  holds bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX interpreters_phone ON interpreters (phone);
COMMENT ON TABLE interpreters IS 'People with tongues and hours, booked like devices.';
COMMENT ON COLUMN interpreters.zone IS 'IANA name of the zone their hours are in.';
COMMENT ON COLUMN interpreters.holds IS 'As of devices.';

CREATE TABLE interpreter_tongues (
  interpreter_id uuid NOT NULL REFERENCES interpreters,
  language       text NOT NULL,
  mode           text NOT NULL,
  PRIMARY KEY (interpreter_id, language, mode),
  CONSTRAINT interpreter_tongues_mode CHECK (mode IN ('spoken', 'sign'))
);
COMMENT ON TABLE interpreter_tongues IS 'What an interpreter offers: a language in a mode.';
COMMENT ON COLUMN interpreter_tongues.language IS 'BCP 47 tag.';

CREATE TABLE interpreter_hours (
  interpreter_id uuid    NOT NULL REFERENCES interpreters,
  weekday        integer NOT NULL,
  starts_minute  integer NOT NULL,
  ends_minute    integer NOT NULL,
  PRIMARY KEY (interpreter_id, weekday, starts_minute),
  CONSTRAINT interpreter_hours_forwards CHECK (
    weekday BETWEEN 0 AND 6 AND 0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440)
);
COMMENT ON TABLE interpreter_hours IS 'When an interpreter works, every week, in minutes after local midnight.';
COMMENT ON COLUMN interpreter_hours.weekday IS '0 is Sunday.';

CREATE TABLE invites (
  id              uuid        NOT NULL PRIMARY KEY,
  token_hash      text        NOT NULL,
  patient_id      uuid        REFERENCES patients,
  visitor_id      uuid        REFERENCES visitors,
  interpreter_id  uuid        REFERENCES interpreters,
  expires_at      timestamptz NOT NULL,
  revoked_at      timestamptz,
  code_hash       text        NOT NULL DEFAULT '',
  code_sent_at    timestamptz,
  code_expires_at timestamptz,
  code_tries      integer     NOT NULL DEFAULT 0,
  codes_this_day  integer     NOT NULL DEFAULT 0,
  codes_since     timestamptz,
  CONSTRAINT invites_for_one CHECK (
    (visitor_id IS NULL) <> (interpreter_id IS NULL) AND (visitor_id IS NULL) = (patient_id IS NULL))
);
CREATE UNIQUE INDEX invites_token ON invites (token_hash);
CREATE INDEX invites_visitor ON invites (visitor_id, patient_id);
CREATE INDEX invites_interpreter ON invites (interpreter_id);
COMMENT ON TABLE invites IS 'Links that let a visitor act for a patient, or an interpreter see their work. A link opens nothing without a code sent to the same phone.';
COMMENT ON COLUMN invites.token_hash IS 'SHA-256 of the token in the link.';
COMMENT ON COLUMN invites.code_hash IS 'Keyed hash of the code last sent; empty when none is open.';
COMMENT ON COLUMN invites.code_tries IS 'Wrong answers to the open code.';
COMMENT ON COLUMN invites.codes_this_day IS 'Codes sent in the 24 hours from codes_since.';
