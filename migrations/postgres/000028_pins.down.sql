DROP TABLE staff_browsers;
DROP TABLE staff_pins;
