-- The outbox, the audit and its sealed chain, kept outcomes of mutations, leases.
-- Rows come in unnumbered; the sequencer gives `position` and seals the chain.
CREATE TABLE outbox (
  -- The order of rows within one transaction.
  line {serial},
  id {text} NOT NULL UNIQUE,
  -- The writing transaction's number, for a safe order; 0 on SQLite, which has one writer at a time.
  written {int} NOT NULL,
  position {int} UNIQUE,
  created_at {int} NOT NULL,
  kind {text} NOT NULL,
  subject_type {text} NOT NULL,
  subject_id {text} NOT NULL
);
CREATE INDEX outbox_unnumbered ON outbox (written, line) WHERE position IS NULL;
CREATE TABLE audit_entries (
  line {serial},
  id {text} NOT NULL UNIQUE,
  written {int} NOT NULL,
  position {int} UNIQUE,
  -- The chain: a digest of this row and of the predecessor's digest.
  digest {text},
  created_at {int} NOT NULL,
  action {text} NOT NULL,
  actor_account_id {text},
  actor_organisation_id {text},
  actor_token_id {text},
  on_behalf_of_id {text},
  subject_type {text} NOT NULL,
  subject_id {text} NOT NULL,
  country_code {text},
  -- Names of the changed fields, as a JSON list; never values.
  fields {text} NOT NULL,
  -- A digest of what was sent, under the salt of the person who did it.
  values_digest {text},
  request_id {text} NOT NULL
);
CREATE INDEX audit_entries_unnumbered ON audit_entries (written, line) WHERE position IS NULL;
CREATE INDEX audit_entries_by_subject ON audit_entries (subject_id, position);
CREATE INDEX audit_entries_by_time ON audit_entries (created_at, id);
-- How far the sequencer has come: the last position given, and for the audit the digest there.
CREATE TABLE sequence_heads (
  name {text} PRIMARY KEY,
  position {int} NOT NULL,
  digest {text}
);
CREATE TABLE mutation_outcomes (
  account_id {text} NOT NULL,
  mutation_id {text} NOT NULL,
  field {text} NOT NULL,
  input_digest {text} NOT NULL,
  outcome {text} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account_id, mutation_id)
);
CREATE INDEX mutation_outcomes_by_age ON mutation_outcomes (created_at);
-- The digest of the input with which a record was made, so that the same again is recognised.
CREATE TABLE created_inputs (
  record_id {text} PRIMARY KEY,
  input_digest {text} NOT NULL
);
-- What a record held at its last revisions, for an edit that was made of an older one.
CREATE TABLE record_snapshots (
  record_id {text} NOT NULL,
  revision {int} NOT NULL,
  content {text} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (record_id, revision)
);
CREATE TABLE leases (
  name {text} PRIMARY KEY,
  holder {text} NOT NULL,
  expires_at {int} NOT NULL
);
CREATE TABLE settings (
  name {text} PRIMARY KEY,
  value {text} NOT NULL
);
-- Mail and SMS to be sent, sealed; what was sent or given up loses its text at once.
CREATE TABLE outgoing_messages (
  id {text} PRIMARY KEY,
  created_at {int} NOT NULL,
  channel {text} NOT NULL,
  to_sealed {text},
  body_sealed {text},
  -- After this it is of no use any more, such as a code that ran out.
  valid_until {int} NOT NULL,
  attempts {int} NOT NULL,
  -- Also the end of the lease while a node is sending it.
  next_attempt_at {int} NOT NULL,
  sent_at {int},
  given_up_at {int}
);
CREATE INDEX outgoing_messages_due ON outgoing_messages (next_attempt_at, id)
  WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX outgoing_messages_by_age ON outgoing_messages (created_at);
-- When each periodic piece of work is due next; the row is the lock of the node that does it.
CREATE TABLE periodic_jobs (
  name {text} PRIMARY KEY,
  due_at {int} NOT NULL
);
-- What the periodic work looks for.
CREATE INDEX introductions_waiting ON introductions (expires_at) WHERE status = 'REQUESTED';
CREATE INDEX one_time_codes_by_expiry ON one_time_codes (expires_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX refresh_tokens_by_use ON refresh_tokens (used_at);
