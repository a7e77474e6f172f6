-- Who has a volume: a server of this cloud, or a client that reaches it by itself.
CREATE TABLE volume_attachments (
    id TEXT PRIMARY KEY,
    volume_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    -- What the client calls the instance; of a claimed one a server of this cloud.
    server_id TEXT,
    -- 1: compute has it for its server, and alone lets go of it.
    claimed INTEGER NOT NULL,
    -- The host that reaches the volume: of this cloud, and by what it calls itself.
    guest_host_id TEXT,
    host_name TEXT,
    -- What that host shows of itself, as JSON; null until it is known.
    connector TEXT,
    device TEXT,
    attach_mode TEXT NOT NULL,
    status TEXT NOT NULL,
    -- The way that is open, as JSON, without its secret; null for none.
    connection TEXT,
    secret_id TEXT,
    attached_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX volume_attachments_volume ON volume_attachments (volume_id);
CREATE INDEX volume_attachments_project ON volume_attachments (project_id, created_at, id);
CREATE INDEX volume_attachments_created ON volume_attachments (created_at, id);
CREATE INDEX volume_attachments_server ON volume_attachments (server_id) WHERE server_id IS NOT NULL;

-- How hosts that have told of it reach volumes of others.
CREATE TABLE volume_hosts (
    host_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT,
    initiator TEXT
);
