-- Volumes that move between backends, and that change their type.
-- What a volume is called where it lies, since it moved there; NULL: by its id.
ALTER TABLE volumes ADD COLUMN name_id TEXT;
ALTER TABLE volumes ADD COLUMN migration_status TEXT;
-- The type that it is to have; it counts for both meanwhile.
ALTER TABLE volumes ADD COLUMN retype_type_id TEXT;
-- The other place that has been promised to it: where it is to be, until it is there; where it was, until that is gone.
ALTER TABLE volumes ADD COLUMN other_host_id TEXT;
ALTER TABLE volumes ADD COLUMN other_backend TEXT;
ALTER TABLE volumes ADD COLUMN other_name_id TEXT;
CREATE INDEX volumes_name ON volumes (name_id) WHERE name_id IS NOT NULL;
CREATE INDEX volumes_other ON volumes (other_host_id) WHERE other_host_id IS NOT NULL;
CREATE INDEX volumes_other_name ON volumes (other_name_id) WHERE other_name_id IS NOT NULL;
CREATE INDEX volumes_retype ON volumes (retype_type_id) WHERE retype_type_id IS NOT NULL;
