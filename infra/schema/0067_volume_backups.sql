-- Backups of volumes. Their blocks are blobs below their id; an incremental one stands on its parent's.
CREATE TABLE volume_backups (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    volume_id TEXT NOT NULL,
    snapshot_id TEXT,
    parent_id TEXT,
    -- The full one at the beginning of its chain: itself, where it has no parent.
    root_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    container TEXT NOT NULL,
    status TEXT NOT NULL,
    size_gib BIGINT NOT NULL,
    fail_reason TEXT,
    -- The host that writes or reads its blocks now; no other may.
    host_id TEXT,
    restore_volume_id TEXT,
    -- The SHA-256 of the list of its blocks; NULL until it is whole.
    manifest TEXT,
    blocks BIGINT NOT NULL DEFAULT 0,
    stored_bytes BIGINT NOT NULL DEFAULT 0,
    data_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX volume_backups_project ON volume_backups (project_id, created_at, id);
CREATE INDEX volume_backups_created ON volume_backups (created_at, id);
CREATE INDEX volume_backups_volume ON volume_backups (volume_id, data_at);
CREATE INDEX volume_backups_parent ON volume_backups (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX volume_backups_restore ON volume_backups (restore_volume_id) WHERE restore_volume_id IS NOT NULL;
CREATE INDEX volume_backups_host ON volume_backups (host_id) WHERE host_id IS NOT NULL;
