DROP TABLE wall_screens;
