ALTER TABLE staff_roles DROP COLUMN claimed;
DROP TABLE logout_tokens;
DROP TABLE provider_sessions;
DROP TABLE staff_identities;
