-- What volumes of some types may use of their backend or of their guest's host, as text by key.
CREATE TABLE volume_qos_specs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Who keeps to them: front-end, back-end or both.
    consumer TEXT NOT NULL,
    specs TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
