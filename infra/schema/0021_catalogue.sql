-- What operators add to the catalogue; the services of this cloud itself are there without rows.
CREATE TABLE regions (
    id TEXT PRIMARY KEY,
    parent_id TEXT,
    description TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE services (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The service may be one of the cloud itself.
CREATE TABLE endpoints (
    id TEXT PRIMARY KEY,
    service_id TEXT NOT NULL,
    interface TEXT NOT NULL,
    region_id TEXT,
    url TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX endpoints_service ON endpoints (service_id);
CREATE INDEX endpoints_region ON endpoints (region_id);
