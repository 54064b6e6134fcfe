//! Who reads: the credentials of the request, and what the rules may ask about them, as common
//! table expressions of the same statement. So a suspension counts with the next statement, on
//! every node.

use std::collections::BTreeSet;

use maip_domain::id::{AccountId, SessionId};
use maip_domain::identity::scope::Scope;
use maip_domain::policy::{FactSet, Flag};

use super::sql::{Bindings, Dialect, Sql};

/// The one who reads or writes, as far as the request shows it.
#[derive(Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody known.
    Anonymous,
    /// A person, by an access token whose signature was checked.
    Session {
        /// Whose.
        account: AccountId,
        /// Which device's.
        session: SessionId,
    },
    /// A partner organisation's API token.
    Token {
        /// The keyed digest of the secret.
        secret_hash: String,
    },
}

impl std::fmt::Debug for Viewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Session { account, .. } => write!(f, "Session({account})"),
            Self::Token { .. } => f.write_str("Token"),
        }
    }
}

/// The kind of viewer: one statement text for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ViewerKind {
    Anonymous,
    Session,
    Token,
}

impl Viewer {
    pub(super) fn kind(&self) -> ViewerKind {
        match self {
            Self::Anonymous => ViewerKind::Anonymous,
            Self::Session { .. } => ViewerKind::Session,
            Self::Token { .. } => ViewerKind::Token,
        }
    }
}

/// What the statement says about the viewer's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// None were given.
    Anonymous,
    /// They are valid.
    Known {
        /// The account, for a person.
        account: Option<String>,
        /// The organisation and the token, for a token.
        token: Option<TokenStanding>,
    },
    /// They are not, or no longer.
    Refused,
}

/// What is known of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenStanding {
    /// The token.
    pub id: String,
    /// Its organisation.
    pub organisation: String,
    /// Its scopes.
    pub scopes: BTreeSet<Scope>,
}

/// The common table expressions, without `WITH`; empty for an anonymous viewer.
///
/// What belongs to the viewer is read beginning with the viewer: SQLite takes a `CROSS JOIN` in the order in which it
/// is written, and would else read the memberships of all people.
pub(super) fn expressions(viewer: &Viewer, now: &Sql, dialect: Dialect, bindings: &mut Bindings) -> Sql {
    let mut sql = Sql::default();
    match viewer {
        Viewer::Anonymous => {}
        Viewer::Session { account, session } => {
            let account = bindings.bind(dialect, account.as_str());
            let session = bindings.bind(dialect, session.as_str());
            sql.push(
                "me (account_id, session_id, token_id, organisation_id, all_countries, system_administrator, \
                 expires_at) AS MATERIALIZED (SELECT a.id, s.id, CAST(NULL AS text), CAST(NULL AS text), TRUE, \
                 a.system_administrator, s.expires_at FROM sessions s JOIN accounts a ON a.id = s.account_id \
                 WHERE s.id = ",
            )
            .sql(&session)
            .push(" AND a.id = ")
            .sql(&account)
            .push(" AND a.status = 'ACTIVE' AND s.revoked_at IS NULL AND s.expires_at > ")
            .sql(now)
            .push(
                "), my_memberships (platform_id, role, country_code) AS MATERIALIZED (SELECT m.platform_id, m.role, \
                 m.platform_country_code FROM me CROSS JOIN memberships m WHERE m.account_id = me.account_id \
                 AND m.status = 'ACTIVE'), \
                 my_offices (kind, country_code, region) AS MATERIALIZED (SELECT o.kind, o.country_code, o.region \
                 FROM me CROSS JOIN appointments o WHERE o.account_id = me.account_id AND o.starts_at <= ",
            )
            .sql(now)
            .push(" AND (o.ends_at IS NULL OR o.ends_at > ")
            .sql(now)
            .push(
                ")), my_organisations (organisation_id, manager) AS MATERIALIZED (SELECT p.organisation_id, \
                 p.manager FROM me CROSS JOIN organisation_people p WHERE p.account_id = me.account_id)",
            );
        }
        Viewer::Token { secret_hash } => {
            let hash = bindings.bind(dialect, secret_hash.as_str());
            sql.push(
                "me (account_id, session_id, token_id, organisation_id, all_countries, system_administrator, \
                 expires_at) AS MATERIALIZED (SELECT CAST(NULL AS text), CAST(NULL AS text), k.id, \
                 k.organisation_id, k.all_countries, FALSE, k.expires_at FROM api_token_secrets s \
                 JOIN api_tokens k ON k.id = s.token_id WHERE s.secret_hash = ",
            )
            .sql(&hash)
            .push(" AND k.revoked_at IS NULL AND k.expires_at > ")
            .sql(now)
            .push(" AND s.expires_at > ")
            .sql(now)
            .push(
                "), my_memberships (platform_id, role, country_code) AS MATERIALIZED (SELECT m.platform_id, m.role, \
                 m.platform_country_code FROM me CROSS JOIN memberships m WHERE m.organisation_id = me.organisation_id \
                 AND m.status = 'ACTIVE'), \
                 my_organisations (organisation_id, manager) AS MATERIALIZED (SELECT me.organisation_id, FALSE \
                 FROM me), \
                 my_scopes (scope) AS MATERIALIZED (SELECT x.scope FROM me CROSS JOIN api_token_scopes x \
                 CROSS JOIN organisation_clearances c WHERE x.token_id = me.token_id \
                 AND c.organisation_id = me.organisation_id AND c.scope = x.scope), \
                 my_countries (country_code) AS MATERIALIZED (SELECT x.country_code FROM me \
                 CROSS JOIN api_token_countries x WHERE x.token_id = me.token_id)",
            );
        }
    }
    sql
}

/// One of the viewer's sets, as a select of one column `v`.
pub(super) fn set_select(set: FactSet) -> &'static str {
    match set {
        FactSet::MemberPlatforms => "SELECT platform_id AS v FROM my_memberships",
        FactSet::ContributorPlatforms => {
            "SELECT platform_id AS v FROM my_memberships WHERE role <> 'OBSERVER'"
        }
        FactSet::FacilitatedPlatforms => {
            "SELECT platform_id AS v FROM my_memberships WHERE role = 'FACILITATOR'"
        }
        FactSet::RecorderPlatforms => {
            "SELECT platform_id AS v FROM my_memberships WHERE role IN ('FACILITATOR', 'SECRETARY', 'BROKER')"
        }
        FactSet::ContributorCountries => {
            "SELECT country_code AS v FROM my_memberships WHERE role <> 'OBSERVER'"
        }
        FactSet::FocalCountries => {
            "SELECT country_code AS v FROM my_offices WHERE kind = 'NATIONAL_FOCAL_POINT'"
        }
        FactSet::TechnicalCountries => {
            "SELECT country_code AS v FROM my_offices WHERE kind = 'TECHNICAL_OFFICER'"
        }
        FactSet::TaskForceCountries => {
            "SELECT country_code AS v FROM my_offices WHERE kind = 'NATIONAL_TASK_FORCE'"
        }
        FactSet::FocalRegions => "SELECT region AS v FROM my_offices WHERE kind = 'REGIONAL_FOCAL_POINT'",
        FactSet::ManagedOrganisations => "SELECT organisation_id AS v FROM my_organisations WHERE manager",
        FactSet::Organisations => "SELECT organisation_id AS v FROM my_organisations",
        FactSet::TokenCountries => "SELECT country_code AS v FROM my_countries",
    }
}

/// Whether such a set can have members at all for this kind of viewer; its select is valid only then.
pub(super) fn has_set(kind: ViewerKind, set: FactSet) -> bool {
    match kind {
        ViewerKind::Anonymous => false,
        ViewerKind::Session => set != FactSet::TokenCountries,
        ViewerKind::Token => matches!(
            set,
            FactSet::MemberPlatforms
                | FactSet::ContributorPlatforms
                | FactSet::Organisations
                | FactSet::TokenCountries
        ),
    }
}

/// A quality of the viewer: known from its kind alone, or a condition.
pub(super) fn flag_condition(kind: ViewerKind, flag: Flag) -> Result<bool, &'static str> {
    match (kind, flag) {
        (ViewerKind::Anonymous | ViewerKind::Session, Flag::AllCountries)
        | (ViewerKind::Session, Flag::Person)
        | (ViewerKind::Token, Flag::Token) => Ok(true),
        (ViewerKind::Anonymous, _)
        | (ViewerKind::Session, Flag::Token)
        | (ViewerKind::Token, Flag::Person | Flag::Secretariat | Flag::SystemAdministrator) => Ok(false),
        (_, Flag::Member) => Err("EXISTS (SELECT 1 FROM my_memberships)"),
        (_, Flag::Secretariat) => Err(
            "EXISTS (SELECT 1 FROM my_offices WHERE kind IN ('EXECUTIVE_SECRETARY', 'DEPUTY_EXECUTIVE_SECRETARY', \
             'GLOBAL_COORDINATOR', 'LEAD_TECHNICAL_OFFICER', 'PROJECT_COORDINATOR', 'PROJECT_OFFICER'))",
        ),
        (_, Flag::SystemAdministrator) => Err("(SELECT system_administrator FROM me)"),
        (_, Flag::AllCountries) => Err("(SELECT all_countries FROM me)"),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, Statement};

    use super::*;
    use crate::tests::database::on_sqlite;

    #[tokio::test]
    async fn what_belongs_to_a_viewer_is_read_without_what_belongs_to_others() {
        let account = "account_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let session = "session_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let person =
            (Viewer::Session { account, session }, ["my_memberships", "my_offices", "my_organisations"]);
        let token = Viewer::Token { secret_hash: "hash".to_owned() };
        let token = (token, ["my_memberships", "my_scopes", "my_countries"]);
        on_sqlite(async |database| {
            let reader = database.reader();
            for (viewer, sets) in [person, token] {
                for set in sets {
                    let mut bindings = Bindings::default();
                    let now = bindings.bind(Dialect::Sqlite, 0_i64);
                    let with = expressions(&viewer, &now, Dialect::Sqlite, &mut bindings).into_text();
                    let sql = format!("EXPLAIN QUERY PLAN WITH {with} SELECT * FROM {set}");
                    let explain =
                        Statement::from_sql_and_values(reader.get_database_backend(), sql, bindings.values);
                    let rows = reader.query_all_raw(explain).await.unwrap();
                    let steps: Vec<String> =
                        rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
                    let reads =
                        steps.iter().filter(|step| step.starts_with("SCAN") || step.starts_with("SEARCH"));
                    for step in reads {
                        let own = *step == format!("SCAN {set}") || step == "SCAN me";
                        let by_key =
                            ["(id=?", "_id=?", "(secret_hash=?"].iter().any(|key| step.contains(key));
                        assert!(own || by_key, "{set}: {steps:#?}");
                    }
                }
            }
        })
        .await;
    }
}
