-- Words by which typing errors in others can be told: those of records that everyone sees (T) and those of labels of
-- concepts (L), each under the keys of its parts. What is here no longer stands where it stood may stay: a correction is
-- shown only where it finds something.
CREATE TABLE search_words (
  key {text} NOT NULL,
  word {text} NOT NULL,
  origin {text} NOT NULL,
  PRIMARY KEY (key, word, origin)
-- sqlite:
) WITHOUT ROWID;
-- end
-- postgres:
);
-- end
-- Titles from each of their words on, to be found while they are typed. A record has those below the number that its
-- document says; there may be more, left from an earlier title.
CREATE TABLE search_beginnings (
  record_id {text} NOT NULL,
  place {int} NOT NULL,
  kind {text} NOT NULL,
  key {text} NOT NULL,
  title {text} NOT NULL,
  language {text} NOT NULL,
  PRIMARY KEY (record_id, place)
-- sqlite:
) WITHOUT ROWID;
-- end
-- postgres:
);
-- end
CREATE INDEX search_beginnings_by_key ON search_beginnings (kind, key, record_id, place);
-- One more than the last of its places.
ALTER TABLE search_documents ADD COLUMN beginnings {int} NOT NULL DEFAULT 0;
-- Which of the latest records have a word is asked first: a word that is everywhere is in enough of them. So the index
-- says of each record in which two thousand it is. Records are kept short, with their tokens beside them: to count those
-- that have a word reads little then.
-- postgres:
ALTER TABLE search_documents ALTER COLUMN tokens SET STORAGE EXTERNAL;
ALTER TABLE search_documents SET (toast_tuple_target = 128);
DROP INDEX search_documents_tokens;
CREATE INDEX search_documents_tokens ON search_documents
  USING gin ((tokens || array_to_tsvector(ARRAY['r' || CAST(number / 2048 AS text)])));
-- end
