-- Who locked a server against its users: 'owner' or 'admin'; null when it is not locked.
ALTER TABLE servers ADD COLUMN locked_by TEXT;
