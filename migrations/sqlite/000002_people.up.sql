-- Who is visited.
CREATE TABLE patients (
  id TEXT NOT NULL PRIMARY KEY,
  -- Medical record number, unique in the hospital.
  mrn TEXT NOT NULL,
  name TEXT NOT NULL,
  -- What boards and locked screens may show.
  alias TEXT NOT NULL,
  state TEXT NOT NULL,
  -- Counts acts on the patient. Every act on a patient's visits or circle touches this row
  -- first, so they happen one after another.
  holds INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT patients_state CHECK (state IN ('active', 'discharged', 'died'))
) STRICT;
CREATE UNIQUE INDEX patients_mrn ON patients (mrn);

-- Where a patient lay, from one instant to another.
CREATE TABLE stays (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  ward_id TEXT NOT NULL REFERENCES wards,
  bed_id TEXT NOT NULL REFERENCES beds,
  from_at TEXT NOT NULL,
  -- Null while the stay lasts.
  to_at TEXT,
  CONSTRAINT stays_forwards CHECK (to_at IS NULL OR from_at < to_at)
) STRICT;
CREATE UNIQUE INDEX stays_one_place ON stays (patient_id) WHERE to_at IS NULL;
CREATE UNIQUE INDEX stays_one_patient ON stays (bed_id) WHERE to_at IS NULL;
CREATE INDEX stays_ward ON stays (ward_id) WHERE to_at IS NULL;

-- People allowed to visit; pages call them family and friends.
CREATE TABLE visitors (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- E.164. One person, one number: a code sent to it proves who is asking.
  phone TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '',
  -- When the phone last proved to be theirs.
  verified_at TEXT
) STRICT;
CREATE UNIQUE INDEX visitors_phone ON visitors (phone);

-- Who may visit whom: the visitors that a patient, or the ward on their behalf, has approved.
CREATE TABLE circle_members (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  visitor_id TEXT NOT NULL REFERENCES visitors,
  -- What the visitor is to the patient.
  relationship TEXT NOT NULL,
  status TEXT NOT NULL,
  approved_at TEXT,
  CONSTRAINT circle_members_status CHECK (status IN ('proposed', 'approved', 'removed')),
  CONSTRAINT circle_members_approved CHECK (status <> 'approved' OR approved_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX circle_members_person ON circle_members (patient_id, visitor_id);
CREATE INDEX circle_members_visitor ON circle_members (visitor_id);

-- People who may not visit a patient, whatever else is said.
CREATE TABLE bars (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  visitor_id TEXT NOT NULL REFERENCES visitors,
  -- For staff only; never shown or hinted at outside.
  reason TEXT NOT NULL,
  set_by TEXT NOT NULL,
  set_at TEXT NOT NULL,
  lifted_by TEXT NOT NULL DEFAULT '',
  lifted_at TEXT
) STRICT;
CREATE UNIQUE INDEX bars_one_standing ON bars (patient_id, visitor_id) WHERE lifted_at IS NULL;

-- Yeses to video visits, and their withdrawal; the latest counts.
CREATE TABLE consents (
  id TEXT NOT NULL PRIMARY KEY,
  patient_id TEXT NOT NULL REFERENCES patients,
  basis TEXT NOT NULL,
  -- Who said yes.
  given_by TEXT NOT NULL,
  -- Who wrote it down.
  recorded_by TEXT NOT NULL,
  at TEXT NOT NULL,
  -- The last day on which it counts; null for no end.
  review_on TEXT,
  withdrawn_at TEXT,
  CONSTRAINT consents_basis CHECK (basis IN ('own', 'best_interests', 'parent', 'attorney'))
) STRICT;
CREATE INDEX consents_patient ON consents (patient_id, at);

-- People with tongues and hours, booked like devices.
CREATE TABLE interpreters (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '',
  -- IANA name of the zone their hours are in.
  zone TEXT NOT NULL,
  -- As of devices.
  holds INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX interpreters_phone ON interpreters (phone);

-- What an interpreter offers: a language in a mode.
CREATE TABLE interpreter_tongues (
  interpreter_id TEXT NOT NULL REFERENCES interpreters,
  -- BCP 47 tag.
  language TEXT NOT NULL,
  mode TEXT NOT NULL,
  PRIMARY KEY (interpreter_id, language, mode),
  CONSTRAINT interpreter_tongues_mode CHECK (mode IN ('spoken', 'sign'))
) STRICT;

-- When an interpreter works, every week, in minutes after local midnight.
CREATE TABLE interpreter_hours (
  interpreter_id TEXT NOT NULL REFERENCES interpreters,
  -- 0 is Sunday.
  weekday INTEGER NOT NULL,
  starts_minute INTEGER NOT NULL,
  ends_minute INTEGER NOT NULL,
  PRIMARY KEY (interpreter_id, weekday, starts_minute),
  CONSTRAINT interpreter_hours_forwards CHECK (
    weekday BETWEEN 0 AND 6 AND 0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440)
) STRICT;

-- Links that let a visitor act for a patient, or an interpreter see their work. A link opens
-- nothing without a code sent to the same phone.
CREATE TABLE invites (
  id TEXT NOT NULL PRIMARY KEY,
  -- SHA-256 of the token in the link.
  token_hash TEXT NOT NULL,
  patient_id TEXT REFERENCES patients,
  visitor_id TEXT REFERENCES visitors,
  interpreter_id TEXT REFERENCES interpreters,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  -- Keyed hash of the code last sent; empty when none is open.
  code_hash TEXT NOT NULL DEFAULT '',
  code_sent_at TEXT,
  code_expires_at TEXT,
  -- Wrong answers to the open code.
  code_tries INTEGER NOT NULL DEFAULT 0,
  -- Codes sent in the 24 hours from codes_since.
  codes_this_day INTEGER NOT NULL DEFAULT 0,
  codes_since TEXT,
  CONSTRAINT invites_for_one CHECK (
    (visitor_id IS NULL) <> (interpreter_id IS NULL) AND (visitor_id IS NULL) = (patient_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX invites_token ON invites (token_hash);
CREATE INDEX invites_visitor ON invites (visitor_id, patient_id);
CREATE INDEX invites_interpreter ON invites (interpreter_id);
