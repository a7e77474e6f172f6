-- Hosts that are told the names of a network's guests, wherever these are.
CREATE TABLE name_hosts (
    network_id TEXT NOT NULL,
    host_id TEXT NOT NULL,
    PRIMARY KEY (network_id, host_id)
);

-- What such a host is to be told: of a port, or of all (an empty id). Since which version of host_refresh.
CREATE TABLE name_news (
    host_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    port_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (host_id, network_id, port_id)
);
