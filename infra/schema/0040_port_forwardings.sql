-- Single ports of a floating address, each standing for a port of one address behind its router.
CREATE TABLE port_forwardings (
    id TEXT PRIMARY KEY,
    -- Whose it is follows from its floating address.
    floating_ip_id TEXT NOT NULL,
    protocol TEXT NOT NULL,
    external_port BIGINT NOT NULL,
    internal_port_id TEXT NOT NULL,
    internal_ip_address TEXT NOT NULL,
    internal_port BIGINT NOT NULL,
    description TEXT NOT NULL
);
CREATE UNIQUE INDEX port_forwardings_external ON port_forwardings (floating_ip_id, protocol, external_port);
CREATE UNIQUE INDEX port_forwardings_internal
    ON port_forwardings (internal_port_id, internal_ip_address, protocol, internal_port);
