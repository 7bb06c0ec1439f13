-- Exclusion constraints over uuid and text need gist operators for them.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE sites (
  id   uuid NOT NULL PRIMARY KEY,
  name text NOT NULL,
  zone text NOT NULL
);
COMMENT ON TABLE sites IS 'Hospitals: places with one time zone.';
COMMENT ON COLUMN sites.zone IS 'IANA name; every wall-clock time of the site is read in it.';

CREATE TABLE wards (
  id      uuid    NOT NULL PRIMARY KEY,
  site_id uuid    NOT NULL REFERENCES sites,
  name    text    NOT NULL,
  phone   text    NOT NULL,
  enabled boolean NOT NULL,
  serial  bigint  NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX wards_name ON wards (site_id, name);
COMMENT ON TABLE wards IS 'Where patients lie and devices live.';
COMMENT ON COLUMN wards.phone IS 'For families to ring, as people read it.';
COMMENT ON COLUMN wards.enabled IS 'Whether visits may be booked here at all.';
COMMENT ON COLUMN wards.serial IS 'Grows with each act that changes what the ward''s boards and iPads show; one row per ward, so that it is seen in the order of commits.';

CREATE TABLE policies (
  ward_id               uuid    NOT NULL REFERENCES wards,
  version               integer NOT NULL,
  prepare_minutes       integer NOT NULL,
  clean_minutes         integer NOT NULL,
  earliest_minutes      integer NOT NULL,
  notice_minutes        integer NOT NULL,
  change_cutoff_minutes integer NOT NULL,
  hold_minutes          integer NOT NULL,
  opens_before_minutes  integer NOT NULL,
  grace_minutes         integer NOT NULL,
  people                integer NOT NULL,
  PRIMARY KEY (ward_id, version),
  CONSTRAINT policies_sane CHECK (
    version > 0 AND prepare_minutes >= 0 AND clean_minutes >= 0 AND earliest_minutes > 0
    AND notice_minutes >= 0 AND change_cutoff_minutes >= 0 AND hold_minutes > 0
    AND opens_before_minutes >= 0 AND grace_minutes >= 0 AND people > 0)
);
COMMENT ON TABLE policies IS 'What a ward decides for itself; the highest version is in force, and a visit keeps the one it was booked under.';

CREATE TABLE beds (
  id      uuid NOT NULL PRIMARY KEY,
  ward_id uuid NOT NULL REFERENCES wards,
  bay     text NOT NULL,
  name    text NOT NULL
);
CREATE UNIQUE INDEX beds_name ON beds (ward_id, bay, name);
COMMENT ON TABLE beds IS 'Beds, each in a bay of a ward.';

CREATE TABLE devices (
  id           uuid    NOT NULL PRIMARY KEY,
  tag          text    NOT NULL,
  ward_id      uuid    NOT NULL REFERENCES wards,
  state        text    NOT NULL,
  key_hash     text,
  battery      integer,
  last_seen    timestamptz,
  page_version text    NOT NULL DEFAULT '',
  cleaned_at   timestamptz,
  holds        bigint  NOT NULL DEFAULT 0,
  CONSTRAINT devices_state CHECK (state IN ('ready', 'in_use', 'dirty', 'out_of_service', 'lost'))
);
CREATE UNIQUE INDEX devices_tag ON devices (tag);
CREATE UNIQUE INDEX devices_key ON devices (key_hash);
CREATE INDEX devices_ward ON devices (ward_id);
COMMENT ON TABLE devices IS 'What is carried to a bed; pages call it an iPad.';
COMMENT ON COLUMN devices.tag IS 'Written on its back.';
COMMENT ON COLUMN devices.key_hash IS 'SHA-256 of the key of the browser paired as this device; null while unpaired.';
COMMENT ON COLUMN devices.battery IS 'Per cent; null when the browser does not tell.';
COMMENT ON COLUMN devices.holds IS 'Counts transactions that went on to reserve the device. Touching the row first, in a fixed order, is what keeps them from deadlocking on reservations_no_overlap.';

CREATE TABLE pairings (
  device_id  uuid        NOT NULL PRIMARY KEY REFERENCES devices,
  code_hash  text        NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX pairings_code ON pairings (code_hash);
COMMENT ON TABLE pairings IS 'Open codes that make a browser into a device: one for each device, gone once used.';
COMMENT ON COLUMN pairings.code_hash IS 'Keyed hash of the code.';
