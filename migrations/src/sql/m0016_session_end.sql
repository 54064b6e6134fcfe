-- When a session ends for good, however often it is refreshed: a year after it was opened.
ALTER TABLE sessions ADD COLUMN ends_at {int} NOT NULL DEFAULT 0;
UPDATE sessions SET ends_at = created_at + 31536000000000;
