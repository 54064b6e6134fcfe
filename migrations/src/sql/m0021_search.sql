-- One index for everything that is searched: lessons, and now contacts, platforms and products. The lessons' own
-- becomes part of it as it is; `maip migrate` indexes all records anew afterwards.
-- The number says which record was indexed later; SQLite's full-text table goes by it.
-- sqlite:
ALTER TABLE lesson_search RENAME TO search_tokens;
CREATE TABLE search_documents (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind {text} NOT NULL,
  record_id {text} NOT NULL UNIQUE
);
INSERT INTO search_documents (number, kind, record_id)
  SELECT row, 'LESSON', lesson_id FROM lesson_search_rows ORDER BY row;
DROP TABLE lesson_search_rows;
-- end
-- postgres:
CREATE TABLE search_documents (
  number {serial},
  kind {text} NOT NULL,
  record_id {text} NOT NULL UNIQUE,
  tokens tsvector NOT NULL
);
INSERT INTO search_documents (kind, record_id, tokens)
  SELECT 'LESSON', lesson_id, tokens FROM lesson_search ORDER BY lesson_id;
DROP TABLE lesson_search;
CREATE INDEX search_documents_tokens ON search_documents USING gin (tokens);
-- end
-- What a label of a concept is known by in a search: its words, and their stems in its language.
CREATE TABLE concept_label_keys (
  id {serial},
  key {text} NOT NULL,
  concept_id {text} NOT NULL REFERENCES concepts (id),
  language {text} NOT NULL,
  label {text} NOT NULL
);
CREATE INDEX concept_label_keys_by_key ON concept_label_keys (key, concept_id);
CREATE INDEX concept_label_keys_by_concept ON concept_label_keys (concept_id, language);
