DROP TABLE staff_recovery_codes;
DROP TABLE staff_factor_steps;
DROP TABLE staff_factors;
