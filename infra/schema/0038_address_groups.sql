-- Addresses under one name, which rules of security groups allow as they allow a group's members.
CREATE TABLE address_groups (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX address_groups_project ON address_groups (project_id, id);

CREATE TABLE address_group_addresses (
    address_group_id TEXT NOT NULL,
    -- A prefix of either version of IP, its host bits cleared.
    address TEXT NOT NULL,
    PRIMARY KEY (address_group_id, address)
);

ALTER TABLE security_group_rules ADD COLUMN remote_address_group_id TEXT;
CREATE INDEX security_group_rules_addresses ON security_group_rules (remote_address_group_id)
    WHERE remote_address_group_id IS NOT NULL;
