-- Lists in their order, whatever they are filtered by.
--
-- What everyone may see, newest first: neither drafts nor what is for members stands between.
CREATE INDEX lessons_public_by_time ON lessons (sort_at, id) WHERE status = 'PUBLISHED' AND visibility = 'PUBLIC';
CREATE INDEX lessons_by_status ON lessons (status, sort_at, id);
CREATE INDEX lessons_by_language ON lessons (language, sort_at, id);
-- The queue of reviewers: few versions are open at a time.
CREATE INDEX lesson_versions_by_open_state ON lesson_versions (state, lesson_id)
  WHERE state IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'CHANGES_REQUESTED');
CREATE INDEX accounts_by_time ON accounts (created_at, id);
CREATE INDEX memberships_by_time ON memberships (created_at, id);
