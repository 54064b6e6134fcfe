-- Countries, languages, concepts (AGROVOC), Special Agricultural Products, projects.
CREATE TABLE countries (
  id {text} PRIMARY KEY,
  code {text} NOT NULL UNIQUE,
  alpha2 {text} NOT NULL UNIQUE,
  region {text},
  name {text} NOT NULL,
  sort_key {text} NOT NULL
);
CREATE INDEX countries_by_name ON countries (sort_key, id);
CREATE TABLE country_names (
  country_id {text} NOT NULL REFERENCES countries (id),
  language {text} NOT NULL,
  name {text} NOT NULL,
  PRIMARY KEY (country_id, language)
);
CREATE TABLE languages (
  code {text} PRIMARY KEY,
  name {text} NOT NULL,
  native_name {text} NOT NULL,
  direction {text} NOT NULL,
  script {text} NOT NULL
);
CREATE TABLE concepts (
  id {text} PRIMARY KEY,
  uri {text} NOT NULL UNIQUE,
  deprecated {bool} NOT NULL,
  label {text} NOT NULL,
  sort_key {text} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL
);
CREATE INDEX concepts_by_label ON concepts (sort_key, id);
CREATE TABLE concept_labels (
  id {serial},
  concept_id {text} NOT NULL REFERENCES concepts (id),
  language {text} NOT NULL,
  kind {text} NOT NULL,
  text {text} NOT NULL,
  sort_key {text} NOT NULL
);
CREATE INDEX concept_labels_by_concept ON concept_labels (concept_id, language, kind);
CREATE INDEX concept_labels_by_text ON concept_labels (sort_key, concept_id);
CREATE TABLE concept_broader (
  concept_id {text} NOT NULL REFERENCES concepts (id),
  broader_id {text} NOT NULL REFERENCES concepts (id),
  PRIMARY KEY (concept_id, broader_id)
);
CREATE INDEX concept_broader_reverse ON concept_broader (broader_id, concept_id);
-- Every concept is its own ancestor at distance 0, so that "this or narrower" is one join.
CREATE TABLE concept_ancestors (
  concept_id {text} NOT NULL REFERENCES concepts (id),
  ancestor_id {text} NOT NULL REFERENCES concepts (id),
  distance {int} NOT NULL,
  PRIMARY KEY (concept_id, ancestor_id)
);
CREATE INDEX concept_ancestors_reverse ON concept_ancestors (ancestor_id, concept_id);
CREATE TABLE products (
  id {text} PRIMARY KEY,
  country_id {text} NOT NULL REFERENCES countries (id),
  concept_id {text} NOT NULL REFERENCES concepts (id),
  name {text} NOT NULL,
  sort_key {text} NOT NULL,
  UNIQUE (country_id, concept_id)
);
CREATE INDEX products_by_name ON products (sort_key, id);
CREATE TABLE product_names (
  product_id {text} NOT NULL REFERENCES products (id),
  language {text} NOT NULL,
  name {text} NOT NULL,
  PRIMARY KEY (product_id, language)
);
CREATE TABLE projects (
  id {text} PRIMARY KEY,
  symbol {text} NOT NULL UNIQUE,
  title {text} NOT NULL,
  fund {text} NOT NULL
);
CREATE TABLE project_countries (
  project_id {text} NOT NULL REFERENCES projects (id),
  country_id {text} NOT NULL REFERENCES countries (id),
  PRIMARY KEY (project_id, country_id)
);
CREATE TABLE country_pairs (
  id {text} PRIMARY KEY,
  project_id {text} REFERENCES projects (id),
  beneficiary_id {text} NOT NULL REFERENCES countries (id),
  provider_id {text} NOT NULL REFERENCES countries (id),
  concept_id {text} NOT NULL REFERENCES concepts (id)
);
