DROP TABLE interpreter_bookings;
DROP TABLE reservations;
DROP TABLE participants;
DROP TABLE visits;
