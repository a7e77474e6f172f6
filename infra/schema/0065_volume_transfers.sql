-- Volumes that are offered to whoever has the key. The key itself is nowhere: its salted hash is.
CREATE TABLE volume_transfers (
    id TEXT PRIMARY KEY,
    volume_id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    name TEXT,
    salt TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX volume_transfers_project ON volume_transfers (project_id, created_at, id);
CREATE INDEX volume_transfers_created ON volume_transfers (created_at, id);
