-- Domains, projects, users and their roles; and what tokens and caches of every functions host must hear of.

-- One row: the versions are handed out under its lock, so they are committed in their own order.
CREATE TABLE identity_state (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    forgotten BIGINT NOT NULL,
    role_number BIGINT NOT NULL
);
INSERT INTO identity_state (id, version, forgotten, role_number) VALUES (1, 0, 0, 0);

-- A change is kept until every token that was issued before it has expired.
CREATE TABLE identity_changes (
    version BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id TEXT,
    project_id TEXT,
    audit_id TEXT,
    revokes INTEGER NOT NULL,
    kept_until BIGINT NOT NULL
);
CREATE INDEX identity_changes_age ON identity_changes (kept_until);

CREATE TABLE domains (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    domain_id TEXT NOT NULL REFERENCES domains (id),
    name TEXT NOT NULL,
    description TEXT,
    enabled INTEGER NOT NULL,
    tags TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (domain_id, name)
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    domain_id TEXT NOT NULL REFERENCES domains (id),
    name TEXT NOT NULL,
    default_project_id TEXT,
    enabled INTEGER NOT NULL,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (domain_id, name)
);
CREATE INDEX users_default_project ON users (default_project_id);

CREATE TABLE passwords (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- The number stands for the role in tokens; it is never used again.
CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE implied_roles (
    role_id TEXT NOT NULL REFERENCES roles (id),
    implied_id TEXT NOT NULL REFERENCES roles (id),
    PRIMARY KEY (role_id, implied_id)
);

CREATE TABLE assignments (
    user_id TEXT NOT NULL REFERENCES users (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    role_id TEXT NOT NULL REFERENCES roles (id),
    PRIMARY KEY (user_id, project_id, role_id)
);
CREATE INDEX assignments_project ON assignments (project_id, user_id);
CREATE INDEX assignments_role ON assignments (role_id);
