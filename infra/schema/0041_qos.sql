-- Policies that limit how much ports send and are sent, and what names one: networks for their ports, ports for themselves.
CREATE TABLE qos_policies (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    revision_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX qos_policies_project ON qos_policies (project_id, id);
CREATE UNIQUE INDEX qos_policies_default ON qos_policies (project_id) WHERE is_default = 1;

-- One a direction, as a guest sees it: what it sends (egress), what it is sent (ingress).
CREATE TABLE qos_bandwidth_limit_rules (
    id TEXT PRIMARY KEY,
    qos_policy_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    max_kbps INTEGER NOT NULL,
    max_burst_kbps INTEGER NOT NULL,
    UNIQUE (qos_policy_id, direction)
);

ALTER TABLE networks ADD COLUMN qos_policy_id TEXT;
CREATE INDEX networks_qos ON networks (qos_policy_id) WHERE qos_policy_id IS NOT NULL;
ALTER TABLE ports ADD COLUMN qos_policy_id TEXT;
CREATE INDEX ports_qos ON ports (qos_policy_id) WHERE qos_policy_id IS NOT NULL;
