-- Documents that an operator has approved, so that clients send their names instead of their texts.
CREATE TABLE trusted_documents (
  -- What clients call it: often the SHA-256 of the text, but some tools make shorter names.
  id {text} PRIMARY KEY,
  -- SHA-256 of the text, hexadecimal: a text that a client sends is looked up by it.
  digest {text} NOT NULL,
  -- The operations in it, for whoever reads the list.
  name {text} NOT NULL,
  body {text} NOT NULL,
  created_at {int} NOT NULL
);
CREATE INDEX trusted_documents_by_digest ON trusted_documents (digest);
