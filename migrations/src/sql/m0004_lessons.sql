-- Lessons, their versions, review, endorsement, replication. What lists filter and sort by is
-- copied from the current version to the lesson's row by every write.
CREATE TABLE lessons (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} NOT NULL REFERENCES accounts (id),
  author_id {text} NOT NULL REFERENCES accounts (id),
  recorded_by {text} REFERENCES accounts (id),
  organisation_id {text} REFERENCES organisations (id),
  platform_id {text} NOT NULL REFERENCES platforms (id),
  country_id {text} NOT NULL REFERENCES countries (id),
  country_code {text} NOT NULL,
  region {text},
  visibility {text} NOT NULL,
  status {text} NOT NULL,
  attribution {text} NOT NULL,
  -- The version that a reader sees: the published one, else the newest.
  current_version_id {text} NOT NULL,
  published_version_id {text},
  latest_version_id {text} NOT NULL,
  language {text} NOT NULL,
  title_sort_key {text} NOT NULL,
  outcome {text},
  -- When it was first published; before that, when it was created.
  sort_at {int} NOT NULL,
  published_at {int}
);
CREATE INDEX lessons_by_time ON lessons (sort_at, id);
CREATE INDEX lessons_by_update ON lessons (updated_at, id);
CREATE INDEX lessons_by_title ON lessons (title_sort_key, id);
CREATE INDEX lessons_by_country ON lessons (country_code, sort_at, id);
CREATE INDEX lessons_by_platform ON lessons (platform_id, sort_at, id);
CREATE INDEX lessons_by_author ON lessons (author_id);
CREATE INDEX lessons_by_current_version ON lessons (current_version_id);
CREATE TABLE lesson_versions (
  id {text} PRIMARY KEY,
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  number {int} NOT NULL,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} NOT NULL REFERENCES accounts (id),
  state {text} NOT NULL,
  language {text} NOT NULL,
  origin {text} NOT NULL,
  title {text} NOT NULL,
  abstract {text} NOT NULL,
  context {text} NOT NULL,
  problem {text} NOT NULL,
  what_was_done {text} NOT NULL,
  result {text} NOT NULL,
  outcome {text},
  -- JSON lists of texts, without blank ones; an empty one is `[]`.
  enabling_conditions {text} NOT NULL,
  hindering_conditions {text} NOT NULL,
  who_gained {text} NOT NULL,
  who_lost {text} NOT NULL,
  submitted_at {int},
  published_at {int},
  reviewer_id {text} REFERENCES accounts (id),
  UNIQUE (lesson_id, number)
);
-- At most one edition of a lesson is published, and at most one is being worked on.
CREATE UNIQUE INDEX lesson_versions_one_published ON lesson_versions (lesson_id) WHERE state = 'PUBLISHED';
CREATE UNIQUE INDEX lesson_versions_one_open ON lesson_versions (lesson_id)
  WHERE state IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'CHANGES_REQUESTED');
CREATE TABLE lesson_costs (
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  position {int} NOT NULL,
  item {text} NOT NULL,
  amount_minor {int} NOT NULL,
  amount {text} NOT NULL,
  currency {text} NOT NULL,
  PRIMARY KEY (version_id, position)
);
CREATE TABLE lesson_version_concepts (
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  concept_id {text} NOT NULL REFERENCES concepts (id),
  PRIMARY KEY (version_id, concept_id)
);
CREATE INDEX lesson_version_concepts_reverse ON lesson_version_concepts (concept_id, version_id);
CREATE TABLE lesson_version_actor_types (
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  actor_type {text} NOT NULL,
  PRIMARY KEY (version_id, actor_type)
);
-- Everyone who wrote, co-wrote or recorded any edition: named as authors, barred from its review.
CREATE TABLE lesson_contributors (
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  account_id {text} NOT NULL REFERENCES accounts (id),
  part {text} NOT NULL,
  PRIMARY KEY (lesson_id, account_id, part)
);
CREATE INDEX lesson_contributors_by_account ON lesson_contributors (account_id, lesson_id);
CREATE TABLE review_entries (
  id {text} PRIMARY KEY,
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  kind {text} NOT NULL,
  text {text} NOT NULL,
  author_id {text} NOT NULL REFERENCES accounts (id),
  created_at {int} NOT NULL
);
CREATE INDEX review_entries_by_lesson ON review_entries (lesson_id, created_at, id);
CREATE TABLE endorsements (
  id {text} PRIMARY KEY,
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  account_id {text} NOT NULL REFERENCES accounts (id),
  country_id {text} NOT NULL REFERENCES countries (id),
  country_code {text} NOT NULL,
  note {text} NOT NULL,
  created_at {int} NOT NULL,
  UNIQUE (lesson_id, country_code)
);
CREATE TABLE replications (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} NOT NULL REFERENCES accounts (id),
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  platform_id {text} NOT NULL REFERENCES platforms (id),
  country_id {text} NOT NULL REFERENCES countries (id),
  country_code {text} NOT NULL,
  region {text},
  status {text} NOT NULL,
  outcome {text},
  note {text} NOT NULL,
  concluded_at {int}
);
CREATE INDEX replications_by_lesson ON replications (lesson_id, created_at, id);
CREATE INDEX replications_by_time ON replications (created_at, id);
CREATE INDEX replications_by_platform ON replications (platform_id, created_at, id);
CREATE TABLE replication_conditions (
  replication_id {text} NOT NULL REFERENCES replications (id),
  position {int} NOT NULL,
  held {bool} NOT NULL,
  text {text} NOT NULL,
  PRIMARY KEY (replication_id, position)
);
-- The analyser's tokens of the current version. The databases only index them.
-- sqlite:
-- Only the index is kept; a lesson has a row number of its own in it, since an index of full text
-- finds a row to replace by its number alone.
CREATE VIRTUAL TABLE lesson_search USING fts5 (
  tokens, content = '', contentless_delete = 1, tokenize = 'ascii', detail = none
);
CREATE TABLE lesson_search_rows (
  row INTEGER PRIMARY KEY,
  lesson_id {text} NOT NULL UNIQUE REFERENCES lessons (id)
);
-- end
-- postgres:
CREATE TABLE lesson_search (
  lesson_id {text} PRIMARY KEY REFERENCES lessons (id),
  tokens tsvector NOT NULL
);
CREATE INDEX lesson_search_tokens ON lesson_search USING gin (tokens);
-- end
