-- In which of their browsers somebody comes, so that a link sent on does not bring a second phone
-- into a visit unseen. What stands here is a random mark that opens nothing.
ALTER TABLE participants ADD COLUMN browser text, ADD COLUMN let_in_browser text;
COMMENT ON COLUMN participants.browser IS 'The browser they are here in, or were last; null when not known.';
COMMENT ON COLUMN participants.let_in_browser IS 'The browser in which the ward let them in last; null if it never did.';
