-- A network's segment as operators know it beside the network itself: what is not the network's own.
ALTER TABLE networks ADD COLUMN segment_id TEXT NOT NULL DEFAULT '';
ALTER TABLE networks ADD COLUMN segment_name TEXT;
ALTER TABLE networks ADD COLUMN segment_description TEXT NOT NULL DEFAULT '';
ALTER TABLE networks ADD COLUMN segment_revision BIGINT NOT NULL DEFAULT 0;
-- Null until it was changed: it is as old as its network.
ALTER TABLE networks ADD COLUMN segment_updated_at BIGINT;
UPDATE networks SET segment_id = substr(id, 1, 14) || '5' || substr(id, 16);
CREATE UNIQUE INDEX networks_segment_id ON networks (segment_id);
