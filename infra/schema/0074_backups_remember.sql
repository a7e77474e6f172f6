-- Whether the volume could be booted when its backup was taken, and what it remembered of its image.
ALTER TABLE volume_backups ADD COLUMN bootable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE volume_backups ADD COLUMN image_metadata TEXT NOT NULL DEFAULT '{}';
