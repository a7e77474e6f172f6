-- Roles on projects, domains and the system, of users and groups, inherited or not; roles of domains; projects in projects.

CREATE TABLE user_groups (
    id TEXT PRIMARY KEY,
    domain_id TEXT NOT NULL REFERENCES domains (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (domain_id, name)
);

CREATE TABLE memberships (
    group_id TEXT NOT NULL REFERENCES user_groups (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id, group_id);

-- The actor is a user or a group, the target a project, a domain or the system. An inherited role holds on the projects below.
CREATE TABLE grants (
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    inherited INTEGER NOT NULL,
    PRIMARY KEY (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
);
CREATE INDEX grants_target ON grants (target_kind, target_id);
CREATE INDEX grants_role ON grants (role_id);
INSERT INTO grants (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
SELECT 'user', user_id, 'project', project_id, role_id, 0 FROM assignments;
DROP TABLE assignments;

-- A role's name is its domain's to give; the cloud's own roles have the empty domain.
CREATE TABLE all_roles (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    domain_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (domain_id, name)
);
INSERT INTO all_roles (id, number, domain_id, name, description, extra, created_at)
SELECT id, number, '', name, description, extra, created_at FROM roles;
CREATE TABLE implications (
    role_id TEXT NOT NULL REFERENCES all_roles (id),
    implied_id TEXT NOT NULL REFERENCES all_roles (id),
    PRIMARY KEY (role_id, implied_id)
);
CREATE INDEX implications_implied ON implications (implied_id);
INSERT INTO implications (role_id, implied_id) SELECT role_id, implied_id FROM implied_roles;
DROP TABLE implied_roles;
DROP TABLE roles;

ALTER TABLE projects ADD COLUMN parent_id TEXT;
CREATE INDEX projects_parent ON projects (parent_id);
ALTER TABLE domains ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE domains ADD COLUMN extra TEXT NOT NULL DEFAULT '{}';

-- What a change is about where it is neither a user nor a project: a domain, an application credential, a trust.
ALTER TABLE identity_changes ADD COLUMN subject TEXT;
