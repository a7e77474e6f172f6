-- The next server's number is one more than the highest: found at the end of an index, not by reading every server.
CREATE INDEX servers_number ON servers (number);
