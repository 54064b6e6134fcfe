-- Files that were announced and aren't checked yet: when the next node looks whether one has come. A look
-- leases it by moving that on.
CREATE TABLE upload_checks (
  attachment_id {text} PRIMARY KEY,
  attempts {int} NOT NULL,
  due_at {int} NOT NULL
);
CREATE INDEX upload_checks_by_time ON upload_checks (due_at);
INSERT INTO upload_checks (attachment_id, attempts, due_at)
  SELECT id, 0, created_at FROM lesson_attachments WHERE state = 'PENDING';
-- When what was removed is to be removed once more, since its address holds until then.
ALTER TABLE file_removals ADD COLUMN again_at {int};
-- What an account's files take.
CREATE INDEX lesson_attachments_by_account ON lesson_attachments (created_by);
