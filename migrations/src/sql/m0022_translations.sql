-- Translations of lessons' versions. A version has several in a language where several people made one; readers are
-- shown the best.
CREATE TABLE lesson_translations (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  -- What was translated. It is stale once another version of the lesson is published.
  version_id {text} NOT NULL REFERENCES lesson_versions (id),
  version_number {int} NOT NULL,
  language {text} NOT NULL,
  origin {text} NOT NULL,
  status {text} NOT NULL,
  -- A person, or else an organisation by one of its tokens.
  translator_id {text} REFERENCES accounts (id),
  organisation_id {text} REFERENCES organisations (id),
  token_id {text} REFERENCES api_tokens (id),
  reviewed_at {int},
  reviewed_by {text} REFERENCES accounts (id),
  title {text} NOT NULL,
  -- Empty where the translator left it out: readers see the original then.
  abstract {text} NOT NULL,
  context {text} NOT NULL,
  problem {text} NOT NULL,
  what_was_done {text} NOT NULL,
  result {text} NOT NULL,
  -- JSON lists of texts, as those of the version.
  enabling_conditions {text} NOT NULL,
  hindering_conditions {text} NOT NULL,
  who_gained {text} NOT NULL,
  who_lost {text} NOT NULL,
  -- The analyser's tokens of it, between spaces: by these it is said that a search found the translation.
  tokens {text} NOT NULL
);
CREATE INDEX lesson_translations_by_lesson ON lesson_translations (lesson_id, created_at, id);
CREATE INDEX lesson_translations_by_version ON lesson_translations (version_id);
CREATE INDEX lesson_translations_by_translator ON lesson_translations (translator_id);
-- Whoever translates it into a language once more, changes what they have.
CREATE UNIQUE INDEX lesson_translations_one_of_a_person ON lesson_translations (version_id, language, translator_id)
  WHERE status <> 'WITHDRAWN' AND translator_id IS NOT NULL;
CREATE UNIQUE INDEX lesson_translations_one_of_an_organisation
  ON lesson_translations (version_id, language, organisation_id)
  WHERE status <> 'WITHDRAWN' AND organisation_id IS NOT NULL;
-- The wish for a translation of a lesson, and who has taken it.
CREATE TABLE translation_requests (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  lesson_id {text} NOT NULL REFERENCES lessons (id),
  language {text} NOT NULL,
  requested_by {text} NOT NULL REFERENCES accounts (id),
  note {text} NOT NULL,
  -- As it was last changed: what was taken is open again after `taken_until`, and nothing stands after `lapses_at`.
  status {text} NOT NULL,
  lapses_at {int} NOT NULL,
  taken_until {int},
  taken_by {text} REFERENCES accounts (id),
  organisation_id {text} REFERENCES organisations (id),
  token_id {text} REFERENCES api_tokens (id),
  translation_id {text} REFERENCES lesson_translations (id)
);
CREATE INDEX translation_requests_by_time ON translation_requests (created_at, id);
CREATE INDEX translation_requests_by_lesson ON translation_requests (lesson_id, language);
CREATE INDEX translation_requests_by_person ON translation_requests (requested_by);
CREATE INDEX translation_requests_by_taker ON translation_requests (taken_by);
