-- The database queue: Azure Queue Storage's semantics on the cloud's own store.
CREATE TABLE queues (
    name TEXT PRIMARY KEY
);

CREATE TABLE queue_messages (
--@sqlite
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
--@pg
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--@end
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    visible_at BIGINT NOT NULL,
    pop_receipt TEXT NOT NULL,
    dequeue_count INTEGER NOT NULL,
    inserted_at BIGINT NOT NULL
);
CREATE INDEX queue_messages_visible ON queue_messages (queue, visible_at);
