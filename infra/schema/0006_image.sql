-- Images. The file of one lies in the blob `{id}/{upload_id}`; a deleted row is a tombstone until its file and copies are gone.
CREATE TABLE images (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT,
    status TEXT NOT NULL,
    visibility TEXT NOT NULL,
    disk_format TEXT,
    container_format TEXT,
    min_disk INTEGER NOT NULL,
    min_ram INTEGER NOT NULL,
    protected INTEGER NOT NULL,
    os_hidden INTEGER NOT NULL,
    size BIGINT,
    virtual_size BIGINT,
    checksum TEXT,
    sha512 TEXT,
    tags TEXT NOT NULL,
    properties TEXT NOT NULL,
    upload_id TEXT,
    upload_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX images_project ON images (project_id, created_at, id);
CREATE INDEX images_visibility ON images (visibility, created_at, id);
CREATE INDEX images_created ON images (created_at, id);
CREATE INDEX images_saving ON images (upload_at) WHERE status = 'saving';
