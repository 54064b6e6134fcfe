-- Platforms, memberships, appointments.
CREATE TABLE platforms (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} REFERENCES accounts (id),
  name {text} NOT NULL,
  sort_key {text} NOT NULL,
  language {text} NOT NULL,
  description {text} NOT NULL,
  country_id {text} NOT NULL REFERENCES countries (id),
  country_code {text} NOT NULL,
  region {text},
  stage {text} NOT NULL,
  -- The stage to which a dormant platform returns.
  stage_before_dormant {text},
  visibility {text} NOT NULL
);
CREATE INDEX platforms_by_name ON platforms (sort_key, id);
CREATE INDEX platforms_by_country ON platforms (country_code, sort_key, id);
CREATE TABLE platform_names (
  platform_id {text} NOT NULL REFERENCES platforms (id),
  language {text} NOT NULL,
  name {text} NOT NULL,
  PRIMARY KEY (platform_id, language)
);
CREATE TABLE platform_products (
  platform_id {text} NOT NULL REFERENCES platforms (id),
  product_id {text} NOT NULL REFERENCES products (id),
  PRIMARY KEY (platform_id, product_id)
);
CREATE INDEX platform_products_reverse ON platform_products (product_id, platform_id);
CREATE TABLE memberships (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} REFERENCES accounts (id),
  platform_id {text} NOT NULL REFERENCES platforms (id),
  platform_country_code {text} NOT NULL,
  platform_region {text},
  account_id {text} REFERENCES accounts (id),
  organisation_id {text} REFERENCES organisations (id),
  member_sort_key {text} NOT NULL,
  role {text} NOT NULL,
  actor_type {text} NOT NULL,
  status {text} NOT NULL,
  message {text},
  since {int},
  ended_at {int},
  CHECK ((account_id IS NULL) <> (organisation_id IS NULL)),
  UNIQUE (platform_id, account_id),
  UNIQUE (platform_id, organisation_id)
);
CREATE INDEX memberships_by_account ON memberships (account_id, status);
CREATE INDEX memberships_by_organisation ON memberships (organisation_id, status);
CREATE INDEX memberships_by_platform ON memberships (platform_id, status, member_sort_key, id);
CREATE INDEX memberships_by_name ON memberships (member_sort_key, id);
CREATE INDEX memberships_by_status ON memberships (status, created_at, id);
CREATE TABLE appointments (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} REFERENCES accounts (id),
  account_id {text} NOT NULL REFERENCES accounts (id),
  kind {text} NOT NULL,
  country_id {text} REFERENCES countries (id),
  country_code {text},
  region {text},
  -- The region of the country, for a regional focal point's rule.
  country_region {text},
  starts_at {int} NOT NULL,
  ends_at {int},
  sort_at {int} NOT NULL
);
CREATE INDEX appointments_by_account ON appointments (account_id, ends_at);
CREATE INDEX appointments_by_time ON appointments (sort_at, id);
CREATE INDEX appointments_by_country ON appointments (country_code, kind, ends_at);
