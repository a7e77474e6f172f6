-- The domain of guests' names on a network, with its last dot; empty for the cloud's.
ALTER TABLE networks ADD COLUMN dns_domain TEXT NOT NULL DEFAULT '';
