-- Who will see a lesson, and how its author will be named, once a version is published. The lesson has
-- what counts now.
ALTER TABLE lesson_versions ADD COLUMN visibility {text} NOT NULL DEFAULT 'PRIVATE';
ALTER TABLE lesson_versions ADD COLUMN attribution {text} NOT NULL DEFAULT 'ANONYMOUS';
UPDATE lesson_versions SET
  visibility = (SELECT l.visibility FROM lessons l WHERE l.id = lesson_versions.lesson_id),
  attribution = (SELECT l.attribution FROM lessons l WHERE l.id = lesson_versions.lesson_id);
