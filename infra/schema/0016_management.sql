-- What is asked of orchestrations from outside: pages in the order of acceptance, of all, of a project or in a status,
-- and counts, each from an index alone.
CREATE INDEX instances_created ON instances (created_at, id);
CREATE INDEX instances_project ON instances (project_id, created_at, id);
CREATE INDEX instances_status_created ON instances (status, created_at, id);
CREATE INDEX instances_counts ON instances (project_id, status, name);

-- The names of the external events that an instance awaits, null for none: one that awaits nothing at all is stuck.
ALTER TABLE instances ADD COLUMN waits TEXT;
