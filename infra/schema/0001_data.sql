-- What every service uses: the cloud itself, locks and fences, usage, outbox, idempotency, audit, secrets.
CREATE TABLE cloud (
    id TEXT PRIMARY KEY,
    line BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- One row a resource that orchestrations change: its fence, and who may change it now and next.
CREATE TABLE resources (
    resource TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    operation TEXT,
    next_operation TEXT
);

CREATE TABLE usage (
    project_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (project_id, resource)
);

CREATE TABLE quota_limits (
    project_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    hard_limit BIGINT NOT NULL,
    PRIMARY KEY (project_id, resource)
);

CREATE TABLE outbox (
--@sqlite
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
--@pg
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--@end
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    trace_parent TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE idempotency (
    project_id TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE audit (
--@sqlite
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
--@pg
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--@end
    at BIGINT NOT NULL,
    user_id TEXT,
    project_id TEXT,
    domain_id TEXT,
    request_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    target TEXT NOT NULL,
    result TEXT NOT NULL
);
CREATE INDEX audit_project ON audit (project_id, seq);

CREATE TABLE secrets (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX secrets_owner ON secrets (owner);
