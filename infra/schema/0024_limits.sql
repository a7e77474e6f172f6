-- What a project may have: registered limits are the cloud's defaults, a limit is what a project or a domain has in their place.
CREATE TABLE registered_limits (
    id TEXT PRIMARY KEY,
    service_id TEXT NOT NULL,
    region_id TEXT,
    resource_name TEXT NOT NULL,
    -- What `usage` counts it by; its own id where no service of this cloud counts it.
    resource TEXT NOT NULL,
    default_limit BIGINT NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX registered_limits_resource ON registered_limits (resource);
CREATE UNIQUE INDEX registered_limits_name ON registered_limits (service_id, resource_name, (COALESCE(region_id, '')));
CREATE INDEX registered_limits_region ON registered_limits (region_id);

-- The resource is a registered limit's. Exactly one of project and domain is there.
CREATE TABLE limits (
    id TEXT PRIMARY KEY,
    resource TEXT NOT NULL,
    project_id TEXT,
    domain_id TEXT,
    resource_limit BIGINT NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX limits_project ON limits (project_id, resource);
CREATE UNIQUE INDEX limits_domain ON limits (domain_id, resource);
CREATE INDEX limits_resource ON limits (resource);

INSERT INTO limits (id, resource, project_id, resource_limit, created_at)
--@sqlite
SELECT lower(hex(randomblob(16))), resource, project_id, hard_limit, 0 FROM quota_limits;
--@pg
SELECT replace(gen_random_uuid()::text, '-', ''), resource, project_id, hard_limit, 0 FROM quota_limits;
--@end
DROP TABLE quota_limits;
-- Functions hosts of the version before go on reading limits until they are restarted; a later file drops it.
CREATE VIEW quota_limits AS
SELECT project_id, resource, resource_limit AS hard_limit FROM limits WHERE project_id IS NOT NULL;
