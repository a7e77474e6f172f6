-- The host that is to send an image's file: of an image that is made of a volume.
ALTER TABLE images ADD COLUMN sender_id TEXT;
