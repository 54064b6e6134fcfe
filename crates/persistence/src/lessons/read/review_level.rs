//! Whose reviewers decide about a record, by who of them has no part in it.

/// Whether someone in one of these offices has no part in it, nor an organisation of theirs. `$lesson` and
/// `$organisation` are the lesson's id and authoring organisation; `$besides` excludes more of `r`, who holds the office.
macro_rules! free_reviewer {
    ($office:literal, $lesson:literal, $organisation:literal, $besides:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM appointments r JOIN accounts b ON b.id = r.account_id AND b.status = 'ACTIVE' \
             WHERE ",
            $office,
            " AND r.starts_at <= {now} AND (r.ends_at IS NULL OR r.ends_at > {now}) \
             AND NOT EXISTS (SELECT 1 FROM lesson_contributors x WHERE x.lesson_id = ",
            $lesson,
            " AND x.account_id = r.account_id AND x.part <> 'ASKED') \
             AND NOT EXISTS (SELECT 1 FROM organisation_people x WHERE x.organisation_id = ",
            $organisation,
            " AND x.account_id = r.account_id)",
            $besides,
            ")"
        )
    };
}

/// The attribute `ReviewLevel` of a record with a country and a region.
macro_rules! review_level {
    ($lesson:literal, $organisation:literal, $besides:literal) => {
        concat!(
            "CASE WHEN ",
            crate::lessons::read::review_level::free_reviewer!(
                "r.country_code = {t}.country_code AND r.kind IN ('NATIONAL_FOCAL_POINT', 'TECHNICAL_OFFICER')",
                $lesson,
                $organisation,
                $besides
            ),
            " THEN 'COUNTRY' WHEN ",
            crate::lessons::read::review_level::free_reviewer!(
                "r.region = {t}.region AND r.kind = 'REGIONAL_FOCAL_POINT'",
                $lesson,
                $organisation,
                $besides
            ),
            " THEN 'REGION' ELSE 'SECRETARIAT' END"
        )
    };
}

pub(super) use {free_reviewer, review_level};
