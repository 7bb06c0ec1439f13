-- Hospitals: places with one time zone.
CREATE TABLE sites (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- IANA name; every wall-clock time of the site is read in it.
  zone TEXT NOT NULL
) STRICT;

-- Where patients lie and devices live.
CREATE TABLE wards (
  id TEXT NOT NULL PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES sites,
  name TEXT NOT NULL,
  -- For families to ring, as people read it.
  phone TEXT NOT NULL,
  -- Whether visits may be booked here at all.
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  -- Grows with each act that changes what the ward's boards and iPads show; one row per ward,
  -- so that it is seen in the order of commits.
  serial INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX wards_name ON wards (site_id, name);

-- What a ward decides for itself; the highest version is in force, and a visit keeps the one it
-- was booked under.
CREATE TABLE policies (
  ward_id TEXT NOT NULL REFERENCES wards,
  version INTEGER NOT NULL,
  prepare_minutes INTEGER NOT NULL,
  clean_minutes INTEGER NOT NULL,
  earliest_minutes INTEGER NOT NULL,
  notice_minutes INTEGER NOT NULL,
  change_cutoff_minutes INTEGER NOT NULL,
  hold_minutes INTEGER NOT NULL,
  opens_before_minutes INTEGER NOT NULL,
  grace_minutes INTEGER NOT NULL,
  people INTEGER NOT NULL,
  PRIMARY KEY (ward_id, version),
  CONSTRAINT policies_sane CHECK (
    version > 0 AND prepare_minutes >= 0 AND clean_minutes >= 0 AND earliest_minutes > 0
    AND notice_minutes >= 0 AND change_cutoff_minutes >= 0 AND hold_minutes > 0
    AND opens_before_minutes >= 0 AND grace_minutes >= 0 AND people > 0)
) STRICT;

-- Beds, each in a bay of a ward.
CREATE TABLE beds (
  id TEXT NOT NULL PRIMARY KEY,
  ward_id TEXT NOT NULL REFERENCES wards,
  bay TEXT NOT NULL,
  name TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX beds_name ON beds (ward_id, bay, name);

-- What is carried to a bed; pages call it an iPad.
CREATE TABLE devices (
  id TEXT NOT NULL PRIMARY KEY,
  -- Written on its back.
  tag TEXT NOT NULL,
  ward_id TEXT NOT NULL REFERENCES wards,
  state TEXT NOT NULL,
  -- SHA-256 of the key of the browser paired as this device; null while unpaired.
  key_hash TEXT,
  -- Per cent; null when the browser does not tell.
  battery INTEGER,
  last_seen TEXT,
  page_version TEXT NOT NULL DEFAULT '',
  cleaned_at TEXT,
  -- Counts transactions that went on to reserve the device. Touching the row first, in a fixed
  -- order, is what keeps them from deadlocking on reservations_no_overlap.
  holds INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT devices_state CHECK (state IN ('ready', 'in_use', 'dirty', 'out_of_service', 'lost'))
) STRICT;
CREATE UNIQUE INDEX devices_tag ON devices (tag);
CREATE UNIQUE INDEX devices_key ON devices (key_hash);
CREATE INDEX devices_ward ON devices (ward_id);

-- Open codes that make a browser into a device: one for each device, gone once used.
CREATE TABLE pairings (
  device_id TEXT NOT NULL PRIMARY KEY REFERENCES devices,
  -- Keyed hash of the code.
  code_hash TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX pairings_code ON pairings (code_hash);
