DROP TABLE ward_messages;
