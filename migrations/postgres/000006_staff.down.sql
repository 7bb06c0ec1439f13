DROP TABLE settings;
DROP TABLE logins;
DROP TABLE tries;
DROP TABLE staff_wards;
DROP TABLE staff;
