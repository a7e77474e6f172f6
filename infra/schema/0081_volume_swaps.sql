-- The attachment beside which a volume stands while one takes the other's place in the guest: first the one that is to come, then the one
-- that is to go. Null for those that the guest has.
ALTER TABLE server_volumes ADD COLUMN beside TEXT;
DROP INDEX server_volumes_device;
CREATE UNIQUE INDEX server_volumes_device ON server_volumes (server_id, device) WHERE beside IS NULL;
