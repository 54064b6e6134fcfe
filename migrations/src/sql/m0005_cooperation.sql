-- Contact cards, introductions, consents, disclosures.
CREATE TABLE contact_cards (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} NOT NULL REFERENCES accounts (id),
  account_id {text} REFERENCES accounts (id),
  organisation_id {text} REFERENCES organisations (id),
  platform_id {text} REFERENCES platforms (id),
  country_id {text} NOT NULL REFERENCES countries (id),
  country_code {text} NOT NULL,
  region {text},
  visibility {text} NOT NULL,
  status {text} NOT NULL,
  headline {text} NOT NULL,
  can_help_with {text} NOT NULL,
  language {text} NOT NULL,
  sort_key {text} NOT NULL,
  CHECK ((account_id IS NULL) <> (organisation_id IS NULL))
);
CREATE INDEX contact_cards_by_name ON contact_cards (sort_key, id);
CREATE INDEX contact_cards_by_time ON contact_cards (created_at, id);
CREATE INDEX contact_cards_by_country ON contact_cards (country_code, sort_key, id);
CREATE INDEX contact_cards_by_account ON contact_cards (account_id);
-- One row a value, so that the policy can be asked about each.
CREATE TABLE contact_details (
  card_id {text} NOT NULL REFERENCES contact_cards (id),
  field {text} NOT NULL,
  value_sealed {text} NOT NULL,
  PRIMARY KEY (card_id, field)
);
CREATE TABLE contact_card_concepts (
  card_id {text} NOT NULL REFERENCES contact_cards (id),
  concept_id {text} NOT NULL REFERENCES concepts (id),
  PRIMARY KEY (card_id, concept_id)
);
CREATE INDEX contact_card_concepts_reverse ON contact_card_concepts (concept_id, card_id);
CREATE TABLE contact_card_languages (
  card_id {text} NOT NULL REFERENCES contact_cards (id),
  language {text} NOT NULL,
  PRIMARY KEY (card_id, language)
);
CREATE TABLE contact_card_countries (
  card_id {text} NOT NULL REFERENCES contact_cards (id),
  country_id {text} NOT NULL REFERENCES countries (id),
  PRIMARY KEY (card_id, country_id)
);
CREATE TABLE introductions (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  requester_id {text} NOT NULL REFERENCES accounts (id),
  card_id {text} NOT NULL REFERENCES contact_cards (id),
  -- The requester's own card, of which they show details once connected.
  requester_card_id {text} REFERENCES contact_cards (id),
  -- Whose card it is; for an organisation's card any of its managers answers.
  account_id {text} REFERENCES accounts (id),
  organisation_id {text} REFERENCES organisations (id),
  lesson_id {text} REFERENCES lessons (id),
  status {text} NOT NULL,
  message {text} NOT NULL,
  reply {text},
  answered_by {text} REFERENCES accounts (id),
  answered_at {int},
  expires_at {int} NOT NULL
);
CREATE INDEX introductions_by_requester ON introductions (requester_id, created_at, id);
CREATE INDEX introductions_by_account ON introductions (account_id, created_at, id);
CREATE INDEX introductions_by_card ON introductions (card_id, created_at, id);
CREATE INDEX introductions_by_requester_card ON introductions (requester_card_id, status);
CREATE UNIQUE INDEX introductions_one_open ON introductions (requester_id, card_id) WHERE status = 'REQUESTED';
CREATE TABLE introduction_fields (
  introduction_id {text} NOT NULL REFERENCES introductions (id),
  side {text} NOT NULL,
  field {text} NOT NULL,
  PRIMARY KEY (introduction_id, side, field)
);
CREATE TABLE consents (
  id {text} PRIMARY KEY,
  created_at {int} NOT NULL,
  created_by {text} NOT NULL REFERENCES accounts (id),
  card_id {text} NOT NULL REFERENCES contact_cards (id),
  introduction_id {text} REFERENCES introductions (id),
  audience {text} NOT NULL,
  to_account_id {text} REFERENCES accounts (id),
  to_organisation_id {text} REFERENCES organisations (id),
  purpose {text} NOT NULL,
  expires_at {int} NOT NULL,
  withdrawn_at {int}
);
CREATE INDEX consents_by_card ON consents (card_id, audience);
CREATE INDEX consents_to_account ON consents (to_account_id, card_id);
CREATE INDEX consents_to_organisation ON consents (to_organisation_id, card_id);
CREATE TABLE consent_fields (
  consent_id {text} NOT NULL REFERENCES consents (id),
  field {text} NOT NULL,
  PRIMARY KEY (consent_id, field)
);
CREATE TABLE disclosures (
  id {text} PRIMARY KEY,
  created_at {int} NOT NULL,
  card_id {text} NOT NULL REFERENCES contact_cards (id),
  -- Whose details were read.
  account_id {text},
  organisation_id {text},
  field {text} NOT NULL,
  -- By whom.
  reader_account_id {text},
  reader_organisation_id {text},
  reader_token_id {text}
);
CREATE INDEX disclosures_by_account ON disclosures (account_id, created_at, id);
CREATE INDEX disclosures_by_organisation ON disclosures (organisation_id, created_at, id);
