-- Secrets that users keep with their account; the blob lies sealed among the secrets.
CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    project_id TEXT,
    type TEXT NOT NULL,
    secret_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX credentials_user ON credentials (user_id, type);
CREATE INDEX credentials_project ON credentials (project_id);
