-- Segments of networks, and what the network service keeps of hosts. A network's own row holds its segment until the row goes.
CREATE UNIQUE INDEX networks_segment ON networks (network_type, COALESCE(physical_network, ''), segmentation_id)
    WHERE segmentation_id IS NOT NULL;
CREATE UNIQUE INDEX networks_flat ON networks (physical_network) WHERE network_type = 'flat';

-- Where the search for a free number begins; taken first by whoever reserves one.
CREATE TABLE segment_cursors (
    network_type TEXT NOT NULL,
    physical_network TEXT NOT NULL,
    next_id BIGINT NOT NULL,
    PRIMARY KEY (network_type, physical_network)
);

-- As each host has told of itself last.
CREATE TABLE network_hosts (
    host_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Where other hosts send the frames of its tunnelled networks; empty for a host that is alone.
    underlay TEXT NOT NULL,
    -- Whether routers may be placed on it.
    routes INTEGER NOT NULL
);

CREATE INDEX ports_place ON ports (network_id, host_id) WHERE host_id IS NOT NULL;
