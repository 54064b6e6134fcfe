-- What an anonymous viewer may see, as views: the same rules as the server's policy, where PostgreSQL plans them
-- together with each query. Row-level security would apply them too, but keeps the planner from using some indexes.
--
-- Only `lessons` is reached from the root; everything else hangs on a lesson that was found to be visible, so the
-- views don't check that again.
CREATE SCHEMA peer;

CREATE VIEW peer.countries AS SELECT id, code, name FROM countries;
COMMENT ON VIEW peer.countries IS E'@primaryKey id\n@behavior -query:resource:list -query:resource:connection -query:resource:single';

CREATE VIEW peer.organisations AS SELECT id, name FROM organisations;
COMMENT ON VIEW peer.organisations IS E'@primaryKey id\n@behavior -query:resource:list -query:resource:connection -query:resource:single';

CREATE VIEW peer.platforms AS SELECT id, name FROM platforms WHERE visibility = 'PUBLIC';
COMMENT ON VIEW peer.platforms IS E'@primaryKey id\n@behavior -query:resource:list -query:resource:connection -query:resource:single';

-- Joined already: one step less for those who follow relations one by one.
CREATE VIEW peer.products AS
  SELECT x.platform_id, p.id, p.name, p.sort_key
  FROM platform_products x JOIN products p ON p.id = x.product_id;
COMMENT ON VIEW peer.products IS E'@primaryKey platform_id,id\n@behavior -query:resource:list -query:resource:connection -query:resource:single\n@foreignKey (platform_id) references peer.platforms (id)|@foreignFieldName products|@foreignSimpleFieldName productsList';

CREATE VIEW peer.lessons AS
  SELECT l.id, v.title, v.abstract, l.language, l.outcome,
    to_char(to_timestamp(l.published_at / 1000000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS published_at,
    l.sort_at, l.country_id, l.platform_id, l.current_version_id,
    CASE WHEN l.attribution <> 'ANONYMOUS' THEN l.organisation_id END AS organisation_id,
    v.number::int, v.context, v.problem, v.what_was_done
  FROM lessons l JOIN lesson_versions v ON v.id = l.current_version_id
  WHERE l.status = 'PUBLISHED' AND l.visibility = 'PUBLIC';
COMMENT ON VIEW peer.lessons IS E'@primaryKey id\n@unique current_version_id\n@foreignKey (country_id) references peer.countries (id)|@fieldName country\n@foreignKey (platform_id) references peer.platforms (id)|@fieldName platform\n@foreignKey (organisation_id) references peer.organisations (id)|@fieldName organisation';

CREATE VIEW peer.concepts AS
  SELECT x.version_id, k.id, k.label, k.sort_key
  FROM lesson_version_concepts x JOIN concepts k ON k.id = x.concept_id;
COMMENT ON VIEW peer.concepts IS E'@primaryKey version_id,id\n@behavior -query:resource:list -query:resource:connection -query:resource:single\n@foreignKey (version_id) references peer.lessons (current_version_id)|@foreignFieldName concepts|@foreignSimpleFieldName conceptsList\n@foreignKey (version_id) references peer.drafts (version_id)|@foreignFieldName concepts|@foreignSimpleFieldName conceptsList';

CREATE VIEW peer.replications AS
  SELECT id, lesson_id, status, outcome, country_id, created_at FROM replications;
COMMENT ON VIEW peer.replications IS E'@primaryKey id\n@behavior -query:resource:list -query:resource:connection -query:resource:single\n@foreignKey (lesson_id) references peer.lessons (id)|@foreignFieldName replications|@foreignSimpleFieldName replicationsList\n@foreignKey (country_id) references peer.countries (id)|@fieldName country';

-- What a write gives back.
CREATE VIEW peer.drafts AS
  SELECT l.id, v.title, l.status, l.current_version_id AS version_id
  FROM lessons l JOIN lesson_versions v ON v.id = l.current_version_id;
COMMENT ON VIEW peer.drafts IS E'@primaryKey id\n@unique version_id\n@behavior -query:resource:list -query:resource:connection -query:resource:single';

-- Events and audit rows are numbered at once and downwards, apart from those that the server's sequencer numbers.
CREATE SEQUENCE peer.positions;

-- The rows that the server writes for a draft, in one round trip and one commit: the best that can be done for a
-- peer. The author has to be an active member of the platform. The search index gets the words as they are.
CREATE FUNCTION peer.draft_lesson(
  lesson_id text, version_id text, author_id text, platform text, title text, abstract text, concept_ids text[],
  audit_id text, event_id text
) RETURNS peer.drafts LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  now_micros bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
  place platforms;
  answer peer.drafts;
BEGIN
  SELECT p.* INTO place FROM platforms p WHERE p.id = platform
    AND EXISTS (SELECT 1 FROM memberships m WHERE m.platform_id = p.id AND m.account_id = author_id
                AND m.status = 'ACTIVE' AND m.role <> 'OBSERVER');
  IF NOT FOUND THEN RAISE EXCEPTION 'not a member'; END IF;
  INSERT INTO lessons (id, revision, created_at, updated_at, created_by, author_id, platform_id, country_id,
      country_code, region, visibility, status, attribution, current_version_id, latest_version_id, language,
      title_sort_key, sort_at)
    VALUES (lesson_id, 1, now_micros, now_micros, author_id, author_id, place.id, place.country_id,
      place.country_code, place.region, 'PUBLIC', 'DRAFT', 'NAME', version_id, version_id, 'en', lower(title),
      now_micros);
  INSERT INTO lesson_versions (id, lesson_id, number, revision, created_at, updated_at, created_by, state, language,
      origin, title, abstract, context, problem, what_was_done, result, enabling_conditions, hindering_conditions,
      who_gained, who_lost, visibility, attribution)
    VALUES (version_id, lesson_id, 1, 1, now_micros, now_micros, author_id, 'DRAFT', 'en', 'ORIGINAL', title,
      abstract, '', '', '', '', '[]', '[]', '', '', 'PUBLIC', 'NAME');
  INSERT INTO lesson_version_concepts (version_id, concept_id) SELECT version_id, unnest(concept_ids);
  INSERT INTO lesson_contributors (lesson_id, account_id, part) VALUES (lesson_id, author_id, 'AUTHOR');
  INSERT INTO search_documents (kind, record_id, tokens)
    VALUES ('LESSON', lesson_id, to_tsvector('simple', title || ' ' || abstract));
  INSERT INTO created_inputs (record_id, input_digest) VALUES (lesson_id, md5(title || abstract));
  INSERT INTO record_snapshots (record_id, revision, content, created_at)
    VALUES (lesson_id, 1, json_build_object('title', title, 'abstract', abstract)::text, now_micros);
  INSERT INTO audit_entries (id, written, position, created_at, action, actor_account_id, subject_type, subject_id,
      country_code, fields, request_id)
    VALUES (audit_id, 0, -nextval('peer.positions'), now_micros, 'lesson.drafted', author_id, 'Lesson', lesson_id,
      place.country_code, '["title", "abstract", "conceptIds"]', audit_id);
  INSERT INTO outbox (id, written, position, created_at, kind, subject_type, subject_id)
    VALUES (event_id, 0, -nextval('peer.positions'), now_micros, 'lesson.drafted', 'Lesson', lesson_id);
  SELECT d.* INTO answer FROM peer.drafts d WHERE d.id = lesson_id;
  RETURN answer;
END $$;
COMMENT ON FUNCTION peer.draft_lesson IS E'@resultFieldName lesson';
