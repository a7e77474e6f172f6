-- What an orchestration can say: whose child it is, what it is tagged with, when it begins, which locks it asks for.
ALTER TABLE instances ADD COLUMN parent_id TEXT;
ALTER TABLE instances ADD COLUMN parent_generation INTEGER;
ALTER TABLE instances ADD COLUMN parent_task INTEGER;
-- 1 where it works on its parent's resource, under its parent's lock.
ALTER TABLE instances ADD COLUMN shares_lock INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN detached INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN tags TEXT;
ALTER TABLE instances ADD COLUMN start_at BIGINT;
CREATE INDEX instances_parent ON instances (parent_id, created_at) WHERE parent_id IS NOT NULL;

CREATE INDEX mailbox_taken ON mailbox (instance_id, taken, seq);

-- One row for each name that an orchestration holds or waits for; of a name, the lowest holds it.
CREATE TABLE orchestration_locks (
--@sqlite
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
--@pg
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--@end
    name TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    task_id INTEGER NOT NULL,
    granted INTEGER NOT NULL
);
CREATE INDEX orchestration_locks_name ON orchestration_locks (name, seq);
CREATE INDEX orchestration_locks_owner ON orchestration_locks (instance_id, generation, task_id);
