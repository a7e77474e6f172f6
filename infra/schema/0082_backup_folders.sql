-- The folder of backups that a host has told of, and the one that a backup lies in; NULL for the cloud's store.
ALTER TABLE volume_hosts ADD COLUMN backup_folder TEXT;
ALTER TABLE volume_backups ADD COLUMN folder_id TEXT;
CREATE INDEX volume_hosts_folder ON volume_hosts (backup_folder) WHERE backup_folder IS NOT NULL;
