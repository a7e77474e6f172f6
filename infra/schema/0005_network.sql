-- Networks, subnets with their addresses, ports, security groups, and which hosts are to converge on them.
CREATE TABLE networks (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    admin_state_up INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    external INTEGER NOT NULL,
    mtu INTEGER NOT NULL,
    port_security_enabled INTEGER NOT NULL,
    network_type TEXT NOT NULL,
    physical_network TEXT,
    segmentation_id INTEGER,
    availability_zone_hints TEXT NOT NULL,
    dhcp_port_id TEXT,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- A tombstone: hidden, its segment kept until the last of its ports is off the metal.
    deleted_at BIGINT
);
CREATE INDEX networks_project ON networks (project_id, id);
CREATE INDEX networks_shared ON networks (id) WHERE shared = 1;
CREATE INDEX networks_external ON networks (id) WHERE external = 1;

CREATE TABLE subnets (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    ip_version INTEGER NOT NULL,
    cidr TEXT NOT NULL,
    first_address BIGINT NOT NULL,
    last_address BIGINT NOT NULL,
    gateway_ip TEXT,
    enable_dhcp INTEGER NOT NULL,
    dns_nameservers TEXT NOT NULL,
    host_routes TEXT NOT NULL,
    -- Where the search for a free address begins: one after the last that was given.
    next_address BIGINT NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX subnets_project ON subnets (project_id, id);
CREATE INDEX subnets_network ON subnets (network_id, created_at);

CREATE TABLE allocation_pools (
    subnet_id TEXT NOT NULL,
    first_address BIGINT NOT NULL,
    last_address BIGINT NOT NULL,
    PRIMARY KEY (subnet_id, first_address)
);

-- What is left of the pools, so that a free address is found by one look whatever the subnet's size.
CREATE TABLE free_ranges (
    subnet_id TEXT NOT NULL,
    first_address BIGINT NOT NULL,
    last_address BIGINT NOT NULL,
    PRIMARY KEY (subnet_id, last_address)
);

-- Subnets of a network never overlap, so an address is unique in its network, also for ports that outlive their subnet.
CREATE TABLE ip_allocations (
    network_id TEXT NOT NULL,
    address BIGINT NOT NULL,
    ip TEXT NOT NULL,
    subnet_id TEXT NOT NULL,
    port_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (network_id, address)
);
CREATE INDEX ip_allocations_port ON ip_allocations (port_id, position);
CREATE INDEX ip_allocations_subnet ON ip_allocations (subnet_id);

CREATE TABLE ports (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    mac_address TEXT NOT NULL,
    admin_state_up INTEGER NOT NULL,
    status TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_owner TEXT NOT NULL,
    port_security_enabled INTEGER NOT NULL,
    binding_host TEXT NOT NULL,
    binding_profile TEXT NOT NULL,
    -- Set while a server has the port: the server, where it runs, the name its guest is given, the port's turn among the server's.
    server_id TEXT,
    host_id TEXT,
    guest_name TEXT NOT NULL,
    attachment INTEGER NOT NULL,
    made_for_server INTEGER NOT NULL,
    -- The version of host_refresh that tells the host of the last change; over 0 while it is plugged: told when it is active.
    stale_version BIGINT NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- A tombstone: hidden, addresses and MAC kept until its host has let go.
    deleted_at BIGINT,
    UNIQUE (network_id, mac_address)
);
CREATE INDEX ports_project ON ports (project_id, id);
CREATE INDEX ports_network ON ports (network_id, id);
CREATE INDEX ports_device ON ports (device_id);
CREATE INDEX ports_server ON ports (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX ports_host ON ports (host_id, stale_version) WHERE host_id IS NOT NULL;
CREATE INDEX ports_deleted ON ports (id) WHERE deleted_at IS NOT NULL;

CREATE TABLE port_security_groups (
    port_id TEXT NOT NULL,
    security_group_id TEXT NOT NULL,
    PRIMARY KEY (port_id, security_group_id)
);
CREATE INDEX port_security_groups_group ON port_security_groups (security_group_id);

CREATE TABLE security_groups (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX security_groups_project ON security_groups (project_id, id);
CREATE UNIQUE INDEX security_groups_default ON security_groups (project_id) WHERE is_default = 1;

CREATE TABLE security_group_rules (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    security_group_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    ethertype TEXT NOT NULL,
    protocol TEXT,
    port_range_min INTEGER,
    port_range_max INTEGER,
    remote_ip_prefix TEXT,
    normalized_cidr TEXT,
    remote_group_id TEXT,
    -- What the rule allows, in one spelling: two rules of a group that allow the same are one.
    meaning TEXT NOT NULL,
    description TEXT,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (security_group_id, meaning)
);
CREATE INDEX security_group_rules_project ON security_group_rules (project_id, id);
CREATE INDEX security_group_rules_remote ON security_group_rules (remote_group_id) WHERE remote_group_id IS NOT NULL;

CREATE TABLE network_tags (
    resource_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (resource_id, tag)
);

-- A change raises `wanted`; `taken` is what a run has read to tell the host, `done` what the host has confirmed.
CREATE TABLE host_refresh (
    host_id TEXT PRIMARY KEY,
    wanted BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    done BIGINT NOT NULL
);
