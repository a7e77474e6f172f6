-- Large inputs, results, events and custom statuses: a row elsewhere holds a reference, the data stands here, once for
-- each instance, and goes with it. `generation` is the last one that may refer to it: it goes when a later one begins;
-- that of an event which nobody took is the highest number there is.
CREATE TABLE payloads (
    instance_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    generation INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (instance_id, hash)
);
