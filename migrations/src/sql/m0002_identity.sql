-- Accounts, sign-in, sessions, organisations, API tokens. Logins and contact values are sealed:
-- `*_sealed` holds ciphertext with its key id, `*_index` a keyed digest for look-up.
CREATE TABLE accounts (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  status {text} NOT NULL,
  display_name {text} NOT NULL,
  sort_key {text} NOT NULL,
  language {text} NOT NULL,
  country_id {text} REFERENCES countries (id),
  login_kind {text},
  login_sealed {text},
  login_index {text} UNIQUE,
  login_verified_at {int},
  login_used_at {int},
  password_hash {text},
  system_administrator {bool} NOT NULL,
  sex {text},
  age_group {text},
  -- Someone registered by another: by whom, and the consent as it was recorded.
  registered_by {text} REFERENCES accounts (id),
  recorded_consent {text},
  recorded_consent_at {int},
  consent_confirmed_at {int},
  -- The salt under which this person's values are digested in the audit; erasure deletes it.
  audit_salt {text},
  erased_at {int}
);
CREATE INDEX accounts_by_name ON accounts (sort_key, id);
CREATE TABLE one_time_codes (
  id {serial},
  account_id {text} NOT NULL REFERENCES accounts (id),
  purpose {text} NOT NULL,
  code_hash {text} NOT NULL,
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  attempts {int} NOT NULL,
  used_at {int},
  issued_by {text} REFERENCES accounts (id)
);
CREATE INDEX one_time_codes_by_account ON one_time_codes (account_id, purpose);
-- How often a password, a code or a message was tried for a login, known or not: `key` is a keyed
-- digest. A row is there for unknown logins too, so that nothing tells them from known ones.
CREATE TABLE attempts (
  key {text} PRIMARY KEY,
  count {int} NOT NULL,
  last_at {int} NOT NULL
);
CREATE INDEX attempts_by_age ON attempts (last_at);
CREATE TABLE sessions (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES accounts (id),
  created_at {int} NOT NULL,
  last_used_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  revoked_at {int},
  label {text}
);
CREATE INDEX sessions_by_account ON sessions (account_id, revoked_at);
-- Every refresh token of a session: the newest is current; its predecessor yields the same
-- successor (sealed) until that is first used.
CREATE TABLE refresh_tokens (
  secret_hash {text} PRIMARY KEY,
  session_id {text} NOT NULL REFERENCES sessions (id),
  created_at {int} NOT NULL,
  used_at {int},
  successor_sealed {text},
  successor_hash {text}
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE TABLE signing_keys (
  id {text} PRIMARY KEY,
  secret_sealed {text} NOT NULL,
  created_at {int} NOT NULL,
  retired_at {int}
);
CREATE TABLE organisations (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {text} REFERENCES accounts (id),
  name {text} NOT NULL,
  sort_key {text} NOT NULL,
  kind {text} NOT NULL,
  country_id {text} REFERENCES countries (id),
  website {text},
  verified_at {int},
  verified_by {text} REFERENCES accounts (id)
);
CREATE INDEX organisations_by_name ON organisations (sort_key, id);
-- What an organisation may ask for when it makes a token.
CREATE TABLE organisation_clearances (
  organisation_id {text} NOT NULL REFERENCES organisations (id),
  scope {text} NOT NULL,
  granted_at {int} NOT NULL,
  granted_by {text} REFERENCES accounts (id),
  PRIMARY KEY (organisation_id, scope)
);
CREATE TABLE organisation_people (
  organisation_id {text} NOT NULL REFERENCES organisations (id),
  account_id {text} NOT NULL REFERENCES accounts (id),
  manager {bool} NOT NULL,
  since {int} NOT NULL,
  PRIMARY KEY (organisation_id, account_id)
);
CREATE INDEX organisation_people_by_account ON organisation_people (account_id, manager);
CREATE TABLE api_tokens (
  id {text} PRIMARY KEY,
  revision {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  organisation_id {text} NOT NULL REFERENCES organisations (id),
  created_by {text} REFERENCES accounts (id),
  name {text} NOT NULL,
  hint {text} NOT NULL,
  all_countries {bool} NOT NULL,
  expires_at {int} NOT NULL,
  revoked_at {int},
  last_used_at {int}
);
CREATE INDEX api_tokens_by_organisation ON api_tokens (organisation_id);
-- A rotated token has two secrets for as long as they overlap.
CREATE TABLE api_token_secrets (
  secret_hash {text} PRIMARY KEY,
  token_id {text} NOT NULL REFERENCES api_tokens (id),
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL
);
CREATE INDEX api_token_secrets_by_token ON api_token_secrets (token_id);
CREATE TABLE api_token_scopes (
  token_id {text} NOT NULL REFERENCES api_tokens (id),
  scope {text} NOT NULL,
  PRIMARY KEY (token_id, scope)
);
CREATE TABLE api_token_countries (
  token_id {text} NOT NULL REFERENCES api_tokens (id),
  country_code {text} NOT NULL,
  PRIMARY KEY (token_id, country_code)
);
