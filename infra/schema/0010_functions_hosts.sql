-- Functions hosts that share this database. Each holds a lease that it renews; `owner` names one tenure of one of them,
-- `host/epoch`. An instance is the work of its owner alone, and only its owner commits its turns. '' is nobody's yet, or,
-- where one functions host has the store to itself, that host's.
CREATE TABLE functions_hosts (
    owner TEXT PRIMARY KEY,
    lease_until BIGINT NOT NULL
);

ALTER TABLE instances ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN owner TEXT NOT NULL DEFAULT '';
--@pg
CREATE INDEX instances_owner ON instances (owner, id) WHERE completed_at IS NULL;
--@end
