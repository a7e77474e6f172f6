-- What hosts hold beside what is recorded: liveness that functions hosts share, what was removed, what nobody expected.
ALTER TABLE hosts ADD COLUMN last_seen BIGINT NOT NULL DEFAULT 0;

-- Set while sweeps only report: the database was restored, and no operator has released it yet.
ALTER TABLE cloud ADD COLUMN restored_at BIGINT;

-- What this database has recorded as removed from every host; only such things are reclaimed where they are found again.
CREATE TABLE removals (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    parent TEXT,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX removals_age ON removals (removed_at);
CREATE INDEX removals_parent ON removals (parent, removed_at) WHERE parent IS NOT NULL;

-- One row a host: its sweeps are numbered, and what the last one found.
CREATE TABLE host_sweeps (
    host_id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    compared_at BIGINT,
    held BIGINT NOT NULL,
    orphans BIGINT NOT NULL,
    missing BIGINT NOT NULL
);

CREATE TABLE quarantine (
    id TEXT PRIMARY KEY,
    host_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_id TEXT NOT NULL,
    parent_id TEXT,
    reason TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    UNIQUE (host_id, kind, item_id)
);
