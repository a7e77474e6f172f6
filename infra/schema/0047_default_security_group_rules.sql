-- What new groups begin with: the project's default group, and those that are made.
CREATE TABLE default_security_group_rules (
    id TEXT PRIMARY KEY,
    direction TEXT NOT NULL,
    ethertype TEXT NOT NULL,
    protocol TEXT,
    port_range_min INTEGER,
    port_range_max INTEGER,
    remote_ip_prefix TEXT,
    normalized_cidr TEXT,
    -- 1: the other side is a member of the group itself (Neutron's `PARENT`).
    among_members INTEGER NOT NULL,
    used_in_default_sg INTEGER NOT NULL,
    used_in_non_default_sg INTEGER NOT NULL,
    -- What the rule allows, in one spelling.
    meaning TEXT NOT NULL,
    description TEXT NOT NULL
);

-- A cloud begins as Neutron does: groups let everything out, and a default group its members to each other.
INSERT INTO default_security_group_rules
    (id, direction, ethertype, among_members, used_in_default_sg, used_in_non_default_sg, meaning, description)
VALUES
    ('de5ec000-0000-4000-8000-000000000001', 'egress', 'IPv4', 0, 1, 1, 'egress IPv4     ', ''),
    ('de5ec000-0000-4000-8000-000000000002', 'egress', 'IPv6', 0, 1, 1, 'egress IPv6     ', ''),
    ('de5ec000-0000-4000-8000-000000000003', 'ingress', 'IPv4', 1, 1, 0, 'ingress IPv4      PARENT', ''),
    ('de5ec000-0000-4000-8000-000000000004', 'ingress', 'IPv6', 1, 1, 0, 'ingress IPv6      PARENT', '');
