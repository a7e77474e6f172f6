-- 0: connections of the group's ports are not remembered; each direction needs a rule of its own.
ALTER TABLE security_groups ADD COLUMN stateful INTEGER NOT NULL DEFAULT 1;
