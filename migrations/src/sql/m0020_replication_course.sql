-- How the try of a lesson went: when it began, as what it was concluded, and who else has checked it.
ALTER TABLE replications ADD COLUMN trial_at {int};
-- As what it was concluded; its status is VERIFIED once that was checked.
ALTER TABLE replications ADD COLUMN conclusion {text};
ALTER TABLE replications ADD COLUMN verified_at {int};
ALTER TABLE replications ADD COLUMN verified_by {text} REFERENCES accounts (id);
ALTER TABLE replications ADD COLUMN verification_note {text} NOT NULL DEFAULT '';
UPDATE replications SET conclusion = status WHERE status IN ('ADOPTED', 'ADAPTED', 'ABANDONED');
-- Who said what came of it, as it went or at its end, besides who planned it: none of them verifies it.
CREATE TABLE replication_people (
  replication_id {text} NOT NULL REFERENCES replications (id),
  account_id {text} NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (replication_id, account_id)
);
INSERT INTO replication_people (replication_id, account_id)
  SELECT DISTINCT r.id, a.id FROM replications r JOIN audit_entries e ON e.subject_id = r.id
  JOIN accounts a ON a.id = e.actor_account_id WHERE e.action = 'replication.concluded';
