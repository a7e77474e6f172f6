-- 1: the server boots from a volume; its image is the one that the volume was made of, if any.
ALTER TABLE servers ADD COLUMN boots_from_volume INTEGER NOT NULL DEFAULT 0;
