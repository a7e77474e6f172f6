-- What operators do to instances, and what could not be done.

-- Why an instance stands still by an operator's word; null while it may run.
ALTER TABLE instances ADD COLUMN suspended TEXT;
-- How often a turn, or a step, was begun by a process that found it left over, and that died before it ended.
ALTER TABLE instances ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;
CREATE INDEX instances_blocked ON instances (updated_at) WHERE blocked IS NOT NULL;

-- What was given up: a step or a turn that kills its process, a message that nobody can take.
CREATE TABLE dead_letters (
--@sqlite
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
--@pg
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--@end
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    instance_id TEXT,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    fault TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX dead_letters_instance ON dead_letters (instance_id);
CREATE INDEX dead_letters_at ON dead_letters (at);
