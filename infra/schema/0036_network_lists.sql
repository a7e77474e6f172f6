-- Ports by address and things by tag, among however many: an admin's filters find their rows by these.
CREATE INDEX ip_allocations_ip ON ip_allocations (ip);
CREATE INDEX network_tags_tag ON network_tags (tag, resource_id);
