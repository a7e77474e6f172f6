-- Ports that others have on a project's networks are found without a look at its own.
DROP INDEX ports_network;
CREATE INDEX ports_network ON ports (network_id, project_id, id);
