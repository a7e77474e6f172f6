-- What guests have told of their passwords, encrypted by themselves for their users: once for a server's life.
CREATE TABLE server_passwords (
    server_id TEXT PRIMARY KEY,
    -- NULL: it was cleared; another one is not taken.
    secret_id TEXT,
    received_at BIGINT NOT NULL
);
