DROP TABLE act_keys;
