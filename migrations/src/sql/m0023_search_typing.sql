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
