-- How far a snapshot is, as an operator has said it; null for what its status says.
ALTER TABLE volume_snapshots ADD COLUMN progress TEXT;
