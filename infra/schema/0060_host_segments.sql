-- The types of segment that a host's network driver has found its machine can carry.
ALTER TABLE network_hosts ADD COLUMN segments TEXT NOT NULL DEFAULT '';
