-- A guest's port by which it has others, each by the tag of its frames. A port has one trunk, or is in one.
CREATE TABLE trunks (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    port_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    admin_state_up INTEGER NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX trunks_project ON trunks (project_id, id);

-- The trunk that a port is in, and its tag there.
ALTER TABLE ports ADD COLUMN trunk_id TEXT;
ALTER TABLE ports ADD COLUMN segmentation_id INTEGER;
CREATE UNIQUE INDEX ports_trunk ON ports (trunk_id, segmentation_id) WHERE trunk_id IS NOT NULL;

-- Whether the host's driver can carry such tags, in its words; empty where it does not tell.
ALTER TABLE network_hosts ADD COLUMN trunks TEXT NOT NULL DEFAULT '';
