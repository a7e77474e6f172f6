-- The one external network that projects which ask for a topology are joined to.
ALTER TABLE networks ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX networks_default ON networks (is_default) WHERE is_default = 1;

-- What was made for a project that asked for a topology: a row as long as the network.
CREATE TABLE auto_allocated_topologies (
    project_id TEXT PRIMARY KEY,
    network_id TEXT NOT NULL,
    router_id TEXT NOT NULL
);
CREATE INDEX auto_allocated_topologies_network ON auto_allocated_topologies (network_id);
