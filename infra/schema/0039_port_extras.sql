-- What a subnet serves alone: device owners, separated by commas; empty for all.
ALTER TABLE subnets ADD COLUMN service_types TEXT NOT NULL DEFAULT '';

-- What else a port may send from: `mac=prefix`, separated by commas; no MAC stands for the port's own.
ALTER TABLE ports ADD COLUMN address_pairs TEXT NOT NULL DEFAULT '';
-- What its guest is told by DHCP besides: a line each, the option's name, a tab, its value.
ALTER TABLE ports ADD COLUMN dhcp_options TEXT NOT NULL DEFAULT '';
-- The name by which the network knows the guest; empty for its server's.
ALTER TABLE ports ADD COLUMN dns_name TEXT NOT NULL DEFAULT '';
