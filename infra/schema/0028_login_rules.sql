-- What logins ask for beyond a password, and what is remembered of them.

-- JSON, an object: Keystone's options of a user.
ALTER TABLE users ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
-- The day of the last login, where users who stay away are to be disabled.
ALTER TABLE users ADD COLUMN last_active_at BIGINT;

-- Null: it holds until it is changed.
ALTER TABLE passwords ADD COLUMN expires_at BIGINT;
-- 1 for one that its user has chosen.
ALTER TABLE passwords ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0;

-- Passwords that were, as many as the rules ask for.
CREATE TABLE old_passwords (
    user_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, hash)
);

-- Wrong passwords since the last right one. The empty user stands for all who do not exist: they cost the same.
CREATE TABLE login_failures (
    user_id TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- The last time step whose code was used: a code works once.
CREATE TABLE totp_uses (
    credential_id TEXT PRIMARY KEY,
    step BIGINT NOT NULL
);

-- Wrong codes within one time step.
CREATE TABLE totp_failures (
    user_id TEXT PRIMARY KEY,
    step BIGINT NOT NULL,
    failures BIGINT NOT NULL
);
