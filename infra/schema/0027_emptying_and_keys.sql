-- Projects that were deleted, for what they still own: operators find it by them.
CREATE TABLE deleted_projects (
    id TEXT PRIMARY KEY,
    domain_id TEXT NOT NULL,
    name TEXT NOT NULL,
    deleted_at BIGINT NOT NULL
);

-- The keys of tokens and of secrets, each sealed by the key file, which is outside the database (decision 0026).
CREATE TABLE keyring (
    purpose TEXT NOT NULL,
    id INTEGER NOT NULL,
    sealed TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (purpose, id)
);
