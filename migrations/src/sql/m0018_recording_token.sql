-- The API token that wrote a lesson down on behalf of its author, who answers for it.
ALTER TABLE lessons ADD COLUMN recorded_by_token {text} REFERENCES api_tokens (id);
