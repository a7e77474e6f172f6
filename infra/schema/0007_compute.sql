-- Flavors, key pairs, servers and what was done to them.
CREATE TABLE flavors (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    vcpus INTEGER NOT NULL,
    ram_mib INTEGER NOT NULL,
    disk_gib INTEGER NOT NULL,
    ephemeral_gib INTEGER NOT NULL,
    swap_mib INTEGER NOT NULL,
    rxtx_factor TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    extra_specs TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE keypairs (
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    public_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, name)
);

CREATE TABLE servers (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    task_state TEXT,
    vm_state TEXT NOT NULL,
    power_state INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    flavor TEXT NOT NULL,
    key_name TEXT,
    metadata TEXT NOT NULL,
    config_drive INTEGER NOT NULL,
    availability_zone TEXT NOT NULL,
    security_groups TEXT NOT NULL,
    disk_config TEXT NOT NULL,
    access_ipv4 TEXT NOT NULL,
    access_ipv6 TEXT NOT NULL,
    host_id TEXT,
    host_name TEXT,
    fault TEXT,
    fault_at BIGINT,
    reservation_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    launched_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX servers_project ON servers (project_id, created_at, id);
CREATE INDEX servers_created ON servers (created_at, id);
CREATE INDEX servers_host ON servers (host_id);

-- Kept when the server is gone, as Nova does: what was asked, by whom, and how it ended.
CREATE TABLE server_actions (
    server_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    action TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    message TEXT,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (server_id, request_id)
);
