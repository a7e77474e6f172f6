-- The zone of the host that offers a backend, and the one in which a backup was made; the cloud's own where none is named.
ALTER TABLE volume_backends ADD COLUMN zone TEXT NOT NULL DEFAULT 'nova';
ALTER TABLE volume_backups ADD COLUMN zone TEXT NOT NULL DEFAULT 'nova';
