-- Logins by what another issuer has signed.

CREATE TABLE identity_providers (
    id TEXT PRIMARY KEY,
    domain_id TEXT NOT NULL,
    description TEXT,
    enabled INTEGER NOT NULL,
    remote_ids TEXT NOT NULL,
    authorization_ttl BIGINT,
    created_at BIGINT NOT NULL
);

-- JSON, an array: whom an issuer's claims make whom here.
CREATE TABLE mappings (
    id TEXT PRIMARY KEY,
    rules TEXT NOT NULL,
    schema_version TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE federation_protocols (
    provider_id TEXT NOT NULL,
    id TEXT NOT NULL,
    mapping_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, id)
);

-- The row among the users that stands for somebody of another issuer.
CREATE TABLE federated_users (
    provider_id TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (provider_id, unique_id)
);
CREATE INDEX federated_users_user ON federated_users (user_id);

-- The memberships that the last login gave, which the next one may take.
CREATE TABLE mapped_memberships (
    user_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY (user_id, group_id)
);
