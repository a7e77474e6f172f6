-- Which mechanism has bound a port, and as what; empty while it is on no host.
ALTER TABLE ports ADD COLUMN vnic_type TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE ports ADD COLUMN mechanism TEXT NOT NULL DEFAULT '';
ALTER TABLE ports ADD COLUMN vif_type TEXT NOT NULL DEFAULT '';
ALTER TABLE ports ADD COLUMN port_filter INTEGER NOT NULL DEFAULT 0;
UPDATE ports SET mechanism = 'linux-bridge', vif_type = 'bridge', port_filter = 1 WHERE host_id IS NOT NULL;

-- The network driver that a host has.
ALTER TABLE network_hosts ADD COLUMN driver TEXT NOT NULL DEFAULT 'linux-bridge';
