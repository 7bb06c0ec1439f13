DROP TABLE unclean_starts;
DROP TABLE cleanings;
ALTER TABLE devices DROP COLUMN soiled_by;
ALTER TABLE devices DROP COLUMN soiled;
