-- Addresses of both families in one form: the family's digit, then the number in 8 or 32 hexadecimal digits, so that text sorts as
-- numbers do and no number is too wide for either store.
CREATE TABLE stored_pools (
    subnet_id TEXT NOT NULL,
    first_address TEXT NOT NULL,
    last_address TEXT NOT NULL,
    PRIMARY KEY (subnet_id, first_address)
);
INSERT INTO stored_pools (subnet_id, first_address, last_address) SELECT subnet_id,
--@sqlite
    printf('4%08x', first_address), printf('4%08x', last_address)
--@pg
    '4' || lpad(to_hex(first_address), 8, '0'), '4' || lpad(to_hex(last_address), 8, '0')
--@end
FROM allocation_pools;
DROP TABLE allocation_pools;
ALTER TABLE stored_pools RENAME TO allocation_pools;

CREATE TABLE stored_ranges (
    subnet_id TEXT NOT NULL,
    first_address TEXT NOT NULL,
    last_address TEXT NOT NULL,
    PRIMARY KEY (subnet_id, last_address)
);
INSERT INTO stored_ranges (subnet_id, first_address, last_address) SELECT subnet_id,
--@sqlite
    printf('4%08x', first_address), printf('4%08x', last_address)
--@pg
    '4' || lpad(to_hex(first_address), 8, '0'), '4' || lpad(to_hex(last_address), 8, '0')
--@end
FROM free_ranges;
DROP TABLE free_ranges;
ALTER TABLE stored_ranges RENAME TO free_ranges;

CREATE TABLE stored_allocations (
    network_id TEXT NOT NULL,
    address TEXT NOT NULL,
    -- The same as it is shown.
    ip TEXT NOT NULL,
    subnet_id TEXT NOT NULL,
    port_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (network_id, address)
);
INSERT INTO stored_allocations (network_id, address, ip, subnet_id, port_id, position) SELECT network_id,
--@sqlite
    printf('4%08x', address),
--@pg
    '4' || lpad(to_hex(address), 8, '0'),
--@end
    ip, subnet_id, port_id, position
FROM ip_allocations;
DROP TABLE ip_allocations;
ALTER TABLE stored_allocations RENAME TO ip_allocations;
CREATE INDEX ip_allocations_port ON ip_allocations (port_id, position);
CREATE INDEX ip_allocations_subnet ON ip_allocations (subnet_id);
CREATE INDEX ip_allocations_ip ON ip_allocations (ip);

-- `next_address` was one after the last that was given, also after the last of all.
ALTER TABLE subnets ADD COLUMN stored_first TEXT NOT NULL DEFAULT '';
ALTER TABLE subnets ADD COLUMN stored_last TEXT NOT NULL DEFAULT '';
ALTER TABLE subnets ADD COLUMN stored_next TEXT NOT NULL DEFAULT '';
UPDATE subnets SET
--@sqlite
    stored_first = printf('4%08x', first_address), stored_last = printf('4%08x', last_address),
    stored_next = printf('4%08x', min(next_address, last_address));
--@pg
    stored_first = '4' || lpad(to_hex(first_address), 8, '0'), stored_last = '4' || lpad(to_hex(last_address), 8, '0'),
    stored_next = '4' || lpad(to_hex(least(next_address, last_address)), 8, '0');
--@end
ALTER TABLE subnets DROP COLUMN first_address;
ALTER TABLE subnets DROP COLUMN last_address;
ALTER TABLE subnets DROP COLUMN next_address;
ALTER TABLE subnets RENAME COLUMN stored_first TO first_address;
ALTER TABLE subnets RENAME COLUMN stored_last TO last_address;
ALTER TABLE subnets RENAME COLUMN stored_next TO next_address;

-- In Neutron's words; both null for IPv4.
ALTER TABLE subnets ADD COLUMN ipv6_ra_mode TEXT;
ALTER TABLE subnets ADD COLUMN ipv6_address_mode TEXT;
