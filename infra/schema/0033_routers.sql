-- Routers, the ports they have, and floating addresses.
CREATE TABLE routers (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    admin_state_up INTEGER NOT NULL,
    gateway_network_id TEXT,
    gateway_port_id TEXT,
    enable_snat INTEGER NOT NULL,
    -- `destination=nexthop`, separated by commas.
    routes TEXT NOT NULL,
    -- Where it is; 1 in `confirmed` once that host has said so.
    host_id TEXT,
    confirmed INTEGER NOT NULL,
    -- A change raises `wanted`; `taken` is what a run has read to tell the host, `done` what the host has confirmed.
    wanted BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    done BIGINT NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- A tombstone: hidden, kept until its host has let go.
    deleted_at BIGINT
);
CREATE INDEX routers_project ON routers (project_id, id);
CREATE INDEX routers_gateway ON routers (gateway_network_id) WHERE gateway_network_id IS NOT NULL;
CREATE INDEX routers_host ON routers (host_id) WHERE host_id IS NOT NULL;

-- What a port says of its device is its owner's to write; which router it belongs to stands here.
CREATE TABLE router_ports (
    port_id TEXT PRIMARY KEY,
    router_id TEXT NOT NULL,
    is_gateway INTEGER NOT NULL
);
CREATE INDEX router_ports_router ON router_ports (router_id);

CREATE TABLE floating_ips (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    description TEXT NOT NULL,
    floating_network_id TEXT NOT NULL,
    -- Holds the address on the floating network.
    floating_port_id TEXT NOT NULL,
    floating_ip_address TEXT NOT NULL,
    -- The port whose address it stands for, and the router between them; all null, or none.
    port_id TEXT,
    fixed_ip_address TEXT,
    router_id TEXT,
    status TEXT NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- A tombstone: hidden, its address kept until the router's host has let go.
    deleted_at BIGINT
);
CREATE INDEX floating_ips_project ON floating_ips (project_id, id);
CREATE INDEX floating_ips_network ON floating_ips (floating_network_id);
CREATE UNIQUE INDEX floating_ips_fixed ON floating_ips (port_id, fixed_ip_address, floating_network_id)
    WHERE port_id IS NOT NULL;
CREATE INDEX floating_ips_router ON floating_ips (router_id) WHERE router_id IS NOT NULL;
CREATE UNIQUE INDEX floating_ips_port ON floating_ips (floating_port_id);
