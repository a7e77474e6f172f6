-- What a server's volume is called where it lies, if that is not its id.
ALTER TABLE server_volumes ADD COLUMN name_id TEXT;
