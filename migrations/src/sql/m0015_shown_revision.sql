-- The revision of a lesson at which last changed what everyone who sees it can see; `updated_at` is the
-- time of that. What is written at a revision beside the published one moves neither of them.
ALTER TABLE lessons ADD COLUMN shown_revision {int} NOT NULL DEFAULT 1;
UPDATE lessons SET shown_revision = revision;
