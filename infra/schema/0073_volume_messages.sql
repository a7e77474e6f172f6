-- What owners are told of things that failed after their request was accepted; forgotten by their age.
CREATE TABLE volume_messages (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    user_message TEXT NOT NULL,
    message_level TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX volume_messages_project ON volume_messages (project_id, created_at, id);
CREATE INDEX volume_messages_expires ON volume_messages (expires_at);
