ALTER TABLE participants DROP COLUMN let_in_browser;
ALTER TABLE participants DROP COLUMN browser;
