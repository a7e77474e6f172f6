-- The availability zone that a host's networks are of, as it has told last; and the zones that a router may be placed in, separated by commas.
ALTER TABLE network_hosts ADD COLUMN zone TEXT NOT NULL DEFAULT 'nova';
ALTER TABLE routers ADD COLUMN availability_zone_hints TEXT NOT NULL DEFAULT '';
