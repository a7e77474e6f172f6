-- What a host that a router was taken from may still have of it: a row a port, kept until the host has confirmed that it is gone.
CREATE TABLE router_copies (
    router_id TEXT NOT NULL,
    host_id TEXT NOT NULL,
    port_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    PRIMARY KEY (router_id, host_id, port_id)
);
CREATE INDEX router_copies_host ON router_copies (host_id);
