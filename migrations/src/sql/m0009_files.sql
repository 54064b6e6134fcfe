-- Files of lessons. The files themselves are in the store; here is what they are.
CREATE TABLE lesson_attachments (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} NOT NULL REFERENCES accounts (id),
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  position {int} NOT NULL,
  state {text} NOT NULL,
  refusal {text},
  -- Of what is served; of what was announced, as long as it is pending.
  kind {text} NOT NULL,
  media_type {text} NOT NULL,
  size_bytes {int} NOT NULL,
  width {int},
  height {int},
  -- SHA-256 of what is served.
  digest {text},
  -- The folder in the store: a version that carries a file over names the same.
  file_key {text} NOT NULL,
  caption {text} NOT NULL,
  alternative_text {text} NOT NULL,
  people_shown {text} NOT NULL,
  transcript {text} NOT NULL,
  transcript_language {text},
  UNIQUE (version_id, position)
);
CREATE INDEX lesson_attachments_by_lesson ON lesson_attachments (lesson_id);
CREATE INDEX lesson_attachments_by_file ON lesson_attachments (file_key);
CREATE INDEX lesson_attachments_pending ON lesson_attachments (created_at) WHERE state = 'PENDING';
-- What may have to be removed from the store: written before a file is stored, so that what a killed
-- process left behind is found, and when a file isn't wanted any more.
CREATE TABLE file_removals (
  file_key {text} NOT NULL,
  -- The name within the folder.
  part {text} NOT NULL,
  due_at {int} NOT NULL,
  PRIMARY KEY (file_key, part)
);
CREATE INDEX file_removals_by_time ON file_removals (due_at);
