-- Where a port is, beside each of its groups: the hosts of a group are found without looking at its ports.
ALTER TABLE port_security_groups ADD COLUMN host_id TEXT;
UPDATE port_security_groups SET host_id = (SELECT p.host_id FROM ports p WHERE p.id = port_id);
DROP INDEX port_security_groups_group;
CREATE INDEX port_security_groups_group ON port_security_groups (security_group_id, host_id);

-- What a host is to be told of a group's rules and members, for all ports of the group that it has: since which version of host_refresh.
CREATE TABLE group_news (
    host_id TEXT NOT NULL,
    security_group_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (host_id, security_group_id)
);

-- The version of host_refresh that was wanted when the port was bound: what its groups had to say by then, it was plugged with.
ALTER TABLE ports ADD COLUMN bound_version BIGINT NOT NULL DEFAULT 0;
