-- How often a password or a code was refused for a login, known or not, since what is in the audit:
-- `login_index` is a keyed digest. A row is there for unknown logins too, so that a refusal takes as
-- long for them; what is of an account goes into the audit, a window at a time, and all rows go then.
CREATE TABLE refusals (
  login_index {text} NOT NULL,
  kind {text} NOT NULL,
  count {int} NOT NULL,
  first_at {int} NOT NULL,
  PRIMARY KEY (login_index, kind)
);
CREATE INDEX refusals_by_age ON refusals (first_at);
