-- Who was named as a manager of an organisation by somebody else, until they answer. A table of its
-- own, so that nothing that asks who belongs to an organisation has to leave them out.
CREATE TABLE organisation_manager_requests (
  organisation_id {text} NOT NULL REFERENCES organisations (id),
  account_id {text} NOT NULL REFERENCES accounts (id),
  asked_at {int} NOT NULL,
  asked_by {text} REFERENCES accounts (id),
  PRIMARY KEY (organisation_id, account_id)
);
CREATE INDEX organisation_manager_requests_by_account ON organisation_manager_requests (account_id);
