-- How much of a step its host has done, 0 to 1, as it last told of this try; null where it told nothing.
ALTER TABLE tasks ADD COLUMN done DOUBLE PRECISION;
