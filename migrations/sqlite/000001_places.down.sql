DROP TABLE pairings;
DROP TABLE devices;
DROP TABLE beds;
DROP TABLE policies;
DROP TABLE wards;
DROP TABLE sites;
