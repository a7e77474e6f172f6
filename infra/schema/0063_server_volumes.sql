-- The volumes of servers, from the moment that an attach is accepted until nothing of it is left.
CREATE TABLE server_volumes (
    attachment_id TEXT PRIMARY KEY,
    server_id TEXT NOT NULL,
    volume_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    -- Its name in the guest, as `/dev/vdb`.
    device TEXT NOT NULL,
    -- 0 for the one that the guest boots from; null for one that it does not.
    boot_index INTEGER,
    delete_on_termination INTEGER NOT NULL,
    -- Where it lies, and the way that is open, as JSON; null until the guest has it.
    storage_host_id TEXT,
    connection TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX server_volumes_server ON server_volumes (server_id, volume_id);
CREATE UNIQUE INDEX server_volumes_device ON server_volumes (server_id, device);
