-- Hosts that have joined, what they have, and who holds how much of it.
CREATE TABLE hosts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    signing_key TEXT NOT NULL,
    sealing_key TEXT NOT NULL,
    roles TEXT NOT NULL,
    state TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    vcpus INTEGER NOT NULL,
    memory_mib INTEGER NOT NULL,
    disk_gib INTEGER NOT NULL,
    used_vcpus INTEGER NOT NULL,
    used_memory_mib INTEGER NOT NULL,
    used_disk_gib INTEGER NOT NULL,
    hypervisor TEXT NOT NULL,
    facts TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- One-time tokens, by their SHA-256. A token that was used names its host, so that a repeated join gets the same answer.
CREATE TABLE join_tokens (
    hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL,
    host_id TEXT
);

CREATE TABLE allocations (
    server_id TEXT PRIMARY KEY,
    host_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    vcpus INTEGER NOT NULL,
    memory_mib INTEGER NOT NULL,
    disk_gib INTEGER NOT NULL
);
CREATE INDEX allocations_host ON allocations (host_id);
