-- Audit records in chains: a mutation writes its record, a sealer numbers and hashes it soon after (decision 0022).
-- Until it is sealed a record has none of these, and stands in one small index.
ALTER TABLE audit ADD COLUMN chain TEXT;
ALTER TABLE audit ADD COLUMN number BIGINT;
ALTER TABLE audit ADD COLUMN previous TEXT;
ALTER TABLE audit ADD COLUMN hash TEXT;
DROP INDEX audit_project;
CREATE INDEX audit_unsealed ON audit (seq) WHERE number IS NULL;

-- What lists are found by: kept by the sealer, so that mutations do not pay for them.
CREATE UNIQUE INDEX audit_chain ON audit (chain, number) WHERE number IS NOT NULL;
CREATE INDEX audit_at ON audit (at, seq) WHERE number IS NOT NULL;
CREATE INDEX audit_project ON audit (project_id, at, seq) WHERE number IS NOT NULL;
CREATE INDEX audit_domain ON audit (domain_id, at, seq) WHERE number IS NOT NULL;
CREATE INDEX audit_user ON audit (user_id, at, seq) WHERE number IS NOT NULL;
CREATE INDEX audit_target ON audit (target, at, seq) WHERE number IS NOT NULL;
CREATE INDEX audit_request ON audit (request_id) WHERE number IS NOT NULL;

-- The last record of each chain.
CREATE TABLE audit_chains (
    chain TEXT PRIMARY KEY,
    project_id TEXT,
    domain_id TEXT,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_chains_project ON audit_chains (project_id);
CREATE INDEX audit_chains_domain ON audit_chains (domain_id);
