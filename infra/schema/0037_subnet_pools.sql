-- Prefixes from which subnets are cut, the scopes in which they are unique, and who may see and use what of others.
CREATE TABLE address_scopes (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    ip_version INTEGER NOT NULL
);
CREATE INDEX address_scopes_project ON address_scopes (project_id, id);

CREATE TABLE subnet_pools (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    ip_version INTEGER NOT NULL,
    -- Separated by commas, in rising order, none inside another.
    prefixes TEXT NOT NULL,
    min_prefixlen INTEGER NOT NULL,
    max_prefixlen INTEGER NOT NULL,
    default_prefixlen INTEGER NOT NULL,
    -- Addresses that one project's subnets may hold of the pool; null for all.
    default_quota BIGINT,
    is_default INTEGER NOT NULL,
    address_scope_id TEXT,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX subnet_pools_project ON subnet_pools (project_id, id);
CREATE INDEX subnet_pools_scope ON subnet_pools (address_scope_id) WHERE address_scope_id IS NOT NULL;
CREATE UNIQUE INDEX subnet_pools_default ON subnet_pools (ip_version) WHERE is_default = 1;

ALTER TABLE subnets ADD COLUMN subnetpool_id TEXT;
CREATE INDEX subnets_pool ON subnets (subnetpool_id) WHERE subnetpool_id IS NOT NULL;

-- An object of a type that projects besides its owner may see and use. The target is a project, or `*` for all.
CREATE TABLE rbac_policies (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    action TEXT NOT NULL,
    target_tenant TEXT NOT NULL,
    UNIQUE (object_id, action, target_tenant)
);
CREATE INDEX rbac_policies_target ON rbac_policies (target_tenant, object_type, object_id);
CREATE INDEX rbac_policies_project ON rbac_policies (project_id, id);

-- What is shared by its own attribute has a policy that says so; its id is made of the network's.
INSERT INTO rbac_policies (id, project_id, object_type, object_id, action, target_tenant)
SELECT substr(id, 25, 8) || '-' || substr(id, 33, 4) || '-' || substr(id, 15, 4) || '-' || substr(id, 10, 4) || '-'
    || substr(id, 1, 8) || substr(id, 20, 4), project_id, 'network', id, 'access_as_shared', '*'
FROM networks WHERE shared = 1 AND deleted_at IS NULL;
INSERT INTO rbac_policies (id, project_id, object_type, object_id, action, target_tenant)
SELECT substr(id, 29, 8) || '-' || substr(id, 25, 4) || '-' || substr(id, 15, 4) || '-' || substr(id, 10, 4) || '-'
    || substr(id, 1, 8) || substr(id, 20, 4), project_id, 'network', id, 'access_as_external', '*'
FROM networks WHERE external = 1 AND deleted_at IS NULL;
INSERT INTO usage (project_id, resource, used)
SELECT project_id, 'rbac_policy', COUNT(*) FROM rbac_policies GROUP BY project_id;
