-- What owners say of their backups, what offers of volumes leave behind, and what volumes of a project are of that name no type.
ALTER TABLE volume_backups ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
-- 1: the offer is of the volume alone.
ALTER TABLE volume_transfers ADD COLUMN no_snapshots INTEGER NOT NULL DEFAULT 0;

CREATE TABLE volume_default_types (
    project_id TEXT PRIMARY KEY,
    volume_type_id TEXT NOT NULL
);
CREATE INDEX volume_default_types_type ON volume_default_types (volume_type_id);
