-- What volumes are of, and which projects may use what is not for all.
CREATE TABLE volume_types (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    is_public INTEGER NOT NULL,
    extra_specs TEXT NOT NULL,
    qos_specs_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE INDEX volume_types_qos ON volume_types (qos_specs_id) WHERE qos_specs_id IS NOT NULL;

CREATE TABLE volume_type_access (
    volume_type_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    PRIMARY KEY (volume_type_id, project_id)
);
CREATE INDEX volume_type_access_project ON volume_type_access (project_id);

-- What a volume that names no type is of, in every cloud.
INSERT INTO volume_types (id, name, description, is_public, extra_specs, created_at)
VALUES ('6c8cb3b2-0f0f-4c0c-9d3b-0d5f0a9f4a10', '__DEFAULT__', 'Default Volume Type', 1, '{}', 1795392000000000);

-- What storage hosts offer, by their own names of it. A row is made when its host reports it, and stays when it no longer does.
CREATE TABLE volume_backends (
    host_id TEXT NOT NULL,
    name TEXT NOT NULL,
    host_name TEXT NOT NULL,
    driver TEXT NOT NULL,
    -- The last report, as JSON.
    report TEXT NOT NULL,
    -- 0: its host has not named it in its last report.
    offered INTEGER NOT NULL,
    -- 0: an operator wants nothing new on it.
    enabled INTEGER NOT NULL,
    disabled_reason TEXT,
    -- Promised to volumes.
    provisioned_gib BIGINT NOT NULL,
    volumes BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (host_id, name)
);

CREATE TABLE volumes (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    status TEXT NOT NULL,
    -- What it goes back to when what is done to it is over.
    previous_status TEXT,
    size_gib BIGINT NOT NULL,
    volume_type_id TEXT NOT NULL,
    availability_zone TEXT NOT NULL,
    bootable INTEGER NOT NULL,
    multiattach INTEGER NOT NULL,
    read_only INTEGER NOT NULL,
    snapshot_id TEXT,
    source_volume_id TEXT,
    image_id TEXT,
    metadata TEXT NOT NULL,
    image_metadata TEXT NOT NULL,
    host_id TEXT,
    host_name TEXT,
    backend TEXT,
    -- What its backend has promised it; more than its size while it grows.
    claimed_gib BIGINT NOT NULL DEFAULT 0,
    fault TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT,
    launched_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX volumes_project ON volumes (project_id, created_at, id);
CREATE INDEX volumes_created ON volumes (created_at, id);
CREATE INDEX volumes_backend ON volumes (host_id, backend);
CREATE INDEX volumes_type ON volumes (volume_type_id);
CREATE INDEX volumes_source ON volumes (source_volume_id) WHERE source_volume_id IS NOT NULL;
CREATE INDEX volumes_snapshot ON volumes (snapshot_id) WHERE snapshot_id IS NOT NULL;

CREATE TABLE volume_snapshots (
    id TEXT PRIMARY KEY,
    volume_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    status TEXT NOT NULL,
    size_gib BIGINT NOT NULL,
    volume_type_id TEXT NOT NULL,
    metadata TEXT NOT NULL,
    fault TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX volume_snapshots_project ON volume_snapshots (project_id, created_at, id);
CREATE INDEX volume_snapshots_created ON volume_snapshots (created_at, id);
CREATE INDEX volume_snapshots_volume ON volume_snapshots (volume_id);
