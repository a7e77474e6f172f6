-- A trust may be lent on: its roles stay those of the first trustor, and it ends with any of the trusts above it.

-- Null where the trustor is the first one.
ALTER TABLE trusts ADD COLUMN root_id TEXT;

-- A JSON array: the trustees of all trusts above it; null for none.
ALTER TABLE trusts ADD COLUMN agents TEXT;
ALTER TABLE trusts ADD COLUMN redelegated_trust_id TEXT;
ALTER TABLE trusts ADD COLUMN redelegation_count BIGINT NOT NULL DEFAULT 0;
CREATE INDEX trusts_above ON trusts (redelegated_trust_id);
