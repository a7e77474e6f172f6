-- The durable engine: instances, their history, what waits for them, and the tasks they wait for.
CREATE TABLE instances (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    status TEXT NOT NULL,
    input TEXT NOT NULL,
    output TEXT,
    fault TEXT,
    custom_status TEXT,
    blocked TEXT,
    resource TEXT,
    epoch BIGINT NOT NULL,
    project_id TEXT,
    request_id TEXT,
    trace_parent TEXT,
    next_seq INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deadline_at BIGINT NOT NULL,
    completed_at BIGINT
);
CREATE INDEX instances_resource ON instances (resource, created_at);
CREATE INDEX instances_status ON instances (status, completed_at);

CREATE TABLE history (
    instance_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    task_id INTEGER NOT NULL,
    name TEXT,
    data TEXT,
    hash TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (instance_id, generation, seq)
);

-- What an instance has not looked at yet; a timer is a row that becomes visible when it is due.
CREATE TABLE inbox (
--@sqlite
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
--@pg
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--@end
    instance_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    kind TEXT NOT NULL,
    task_id INTEGER NOT NULL,
    name TEXT,
    data TEXT,
    visible_at BIGINT NOT NULL,
    UNIQUE (instance_id, generation, task_id, kind)
);
CREATE INDEX inbox_due ON inbox (visible_at);

-- External events wait here, outside history, until the orchestrator asks for one of that name; the taken ones stay
-- as long as their instance runs, so that one that is raised twice is known.
CREATE TABLE mailbox (
--@sqlite
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
--@pg
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--@end
    instance_id TEXT NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    event_id TEXT NOT NULL,
    taken INTEGER NOT NULL,
    UNIQUE (instance_id, event_id)
);

CREATE TABLE tasks (
    instance_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    task_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    input TEXT NOT NULL,
    host TEXT,
    resource TEXT,
    epoch BIGINT NOT NULL,
    secrets TEXT,
    retry TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    fault TEXT,
    sends INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    deadline_at BIGINT,
    trace_parent TEXT,
    PRIMARY KEY (instance_id, generation, task_id)
);
CREATE INDEX tasks_due ON tasks (due_at);
