-- What hosts do for networks, by the names that Neutron's agents have: one row a host and part, made when the host reports.
CREATE TABLE network_agents (
    id TEXT PRIMARY KEY,
    host_id TEXT NOT NULL,
    host TEXT NOT NULL,
    agent_type TEXT NOT NULL,
    description TEXT NOT NULL,
    -- 0: it gets nothing new to do. What it has, it keeps.
    admin_state_up INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    UNIQUE (host_id, agent_type)
);
