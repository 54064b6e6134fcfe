//! People with their logins, offices and memberships; platforms; organisations with their tokens.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maip_domain::closed_set::ClosedSet as _;
use maip_domain::identity::account::{AccountStatus, AgeGroup, Sex};
use maip_domain::identity::login::{Login, LoginKind};
use maip_domain::identity::organisation::OrganisationKind;
use maip_domain::identity::password;
use maip_domain::identity::scope::Scope;
use maip_domain::identity::token::{TokenKind, TokenSecret};
use maip_domain::membership::appointment::AppointmentKind;
use maip_domain::membership::member::{ActorType, MembershipRole, MembershipStatus};
use maip_domain::membership::stage::PlatformStage;
use maip_domain::sort_key::sort_key;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::region::Region;
use maip_persistence::bulk::Rows;
use maip_persistence::identity::accounts::LOGIN_CONTEXT;

use super::{Loading, broken, code, main_name, optional_code};
use crate::demo::accounts::SignIn;
use crate::demo::ids::id;
use crate::demo::passwords;
use crate::demo::records::{Member, Membership};
use crate::exit::{Exit, Failure, Outcome};

/// So long ago everyone signed up.
const SIGNED_UP_DAYS_AGO: i64 = 430;
/// So long ago the platforms began.
pub const BEGUN_DAYS_AGO: i64 = 420;
/// So long ago everyone joined.
const JOINED_DAYS_AGO: i64 = 400;
/// How many passwords are hashed at once.
const HASHED_AT_ONCE: usize = 4;

/// A password, and its hash.
pub struct Password {
    plain: String,
    hash: String,
}

/// Passwords by the member's key, for everyone who has claimed the account.
pub type Passwords = HashMap<String, Password>;

fn login(member: &Member) -> Outcome<Login> {
    let kind = LoginKind::from_code(&member.login.kind).ok_or_else(|| broken(&member.login.kind))?;
    Login::parse(kind, &member.login.value).map_err(|error| broken(format!("{}: {error}", member.key)))
}

/// Makes a password for each, and hashes them, some at a time.
pub async fn make_passwords(loading: &Loading<'_>) -> Outcome<Passwords> {
    let entropy = loading.services.entropy.as_ref();
    let mut made = Passwords::new();
    let claimed: Vec<&Member> = loading.records.members.iter().filter(|member| member.claimed).collect();
    for some in claimed.chunks(HASHED_AT_ONCE) {
        let mut hashing = tokio::task::JoinSet::new();
        for member in some {
            let login = login(member)?;
            let plain = passwords::make(&login, entropy).ok_or_else(|| broken(&member.key))?;
            let canonical = password::canonical(login.kind(), &plain);
            let (services, key) = (loading.services.clone(), member.key.clone());
            hashing.spawn(async move {
                let hash = services.passwords.hash(canonical, services.entropy.as_ref()).await;
                (key, plain, hash)
            });
        }
        for (key, plain, hash) in hashing.join_all().await {
            let hash = hash.map_err(|error| Failure::new(Exit::Internal, error))?;
            made.insert(key, Password { plain, hash });
        }
    }
    Ok(made)
}

/// Loads the accounts and the offices.
pub async fn load(loading: &Loading<'_>, passwords: &Passwords) -> Outcome {
    let mut accounts = Rows::new(
        "accounts",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "status",
            "display_name",
            "sort_key",
            "language",
            "country_id",
            "login_kind",
            "login_sealed",
            "login_index",
            "login_verified_at",
            "login_used_at",
            "password_hash",
            "system_administrator",
            "sex",
            "age_group",
            "registered_by",
            "recorded_consent",
            "recorded_consent_at",
            "audit_salt",
        ],
    );
    // Who registered others goes before them.
    let (by_others, by_themselves): (Vec<&Member>, Vec<&Member>) =
        loading.records.members.iter().partition(|member| member.registered_by.is_some());
    for member in by_themselves.into_iter().chain(by_others) {
        let (id, login) = (id("account", &member.key), login(member)?);
        let keyring = &loading.services.keyring;
        let entropy = loading.services.entropy.as_ref();
        let since = loading.days_ago(SIGNED_UP_DAYS_AGO);
        let country = member.country.as_deref().map(|code| loading.country(code)).transpose()?;
        let status = if member.claimed { AccountStatus::Active } else { AccountStatus::Unclaimed };
        let mut salt = [0_u8; 16];
        entropy.fill(&mut salt);
        let row = [
            id.as_str().into(),
            1_i64.into(),
            since.into(),
            since.into(),
            status.code().into(),
            member.display_name.as_str().into(),
            sort_key(&member.display_name).into(),
            member.languages.first().map_or("en", String::as_str).into(),
            country.map(|country| country.id.clone()).into(),
            login.kind().code().into(),
            keyring.seal(LOGIN_CONTEXT, &id, login.value(), entropy).into(),
            keyring.login_index(&login).into(),
            member.claimed.then_some(since).into(),
            // A phone login that was long unused would have to be verified again.
            member.claimed.then(|| loading.days_ago(2)).into(),
            passwords.get(&member.key).map(|password| password.hash.clone()).into(),
            member.system_administrator.into(),
            optional_code::<Sex>(member.sex.as_deref())?.into(),
            optional_code::<AgeGroup>(member.age_group.as_deref())?.into(),
            member.registered_by.as_deref().map(|by| self::id("account", by)).into(),
            member.consent_recorded.clone().into(),
            member.consent_recorded.as_ref().map(|_| since).into(),
            URL_SAFE_NO_PAD.encode(salt).into(),
        ];
        accounts.push(loading.transaction, row).await?;
    }
    accounts.finish(loading.transaction).await?;
    load_appointments(loading).await
}

async fn load_appointments(loading: &Loading<'_>) -> Outcome {
    let mut appointments = Rows::new(
        "appointments",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "account_id",
            "kind",
            "country_id",
            "country_code",
            "region",
            "country_region",
            "starts_at",
            "sort_at",
        ],
    );
    let since = loading.days_ago(JOINED_DAYS_AGO);
    for member in &loading.records.members {
        for (number, appointment) in member.appointments.iter().enumerate() {
            let country = appointment.country.as_deref();
            let keys = country.map(|code| loading.country(code)).transpose()?;
            let row = [
                id("appointment", &format!("{} {number}", member.key)).into(),
                1_i64.into(),
                since.into(),
                since.into(),
                id("account", &member.key).into(),
                code::<AppointmentKind>(&appointment.kind)?.into(),
                keys.map(|keys| keys.id.clone()).into(),
                country.into(),
                optional_code::<Region>(appointment.region.as_deref())?.into(),
                keys.and_then(|keys| keys.region.clone()).into(),
                since.into(),
                since.into(),
            ];
            appointments.push(loading.transaction, row).await?;
        }
    }
    Ok(appointments.finish(loading.transaction).await?)
}

/// Loads the platforms with their members.
pub async fn load_platforms(loading: &Loading<'_>) -> Outcome {
    let mut platforms = Rows::new(
        "platforms",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "name",
            "sort_key",
            "language",
            "description",
            "country_id",
            "country_code",
            "region",
            "stage",
            "stage_before_dormant",
            "visibility",
        ],
    );
    let mut names = Rows::new("platform_names", &["platform_id", "language", "name"]);
    let mut products = Rows::new("platform_products", &["platform_id", "product_id"]);
    let begun = loading.days_ago(BEGUN_DAYS_AGO);
    for platform in &loading.records.platforms {
        let (id, name) = (id("platform", &platform.key), main_name(&platform.names));
        let country = loading.country(&platform.country)?;
        let stage = code::<PlatformStage>(&platform.stage)?;
        let dormant = stage == PlatformStage::Dormant.code();
        let row = [
            id.as_str().into(),
            1_i64.into(),
            begun.into(),
            begun.into(),
            name.into(),
            sort_key(name).into(),
            platform.description.language.as_str().into(),
            platform.description.text.as_str().into(),
            country.id.as_str().into(),
            platform.country.as_str().into(),
            country.region.clone().into(),
            stage.into(),
            dormant.then_some(PlatformStage::Implementing.code()).into(),
            code::<Visibility>(&platform.visibility)?.into(),
        ];
        platforms.push(loading.transaction, row).await?;
        for (language, name) in &platform.names {
            let row = [id.as_str().into(), language.as_str().into(), name.as_str().into()];
            names.push(loading.transaction, row).await?;
        }
        for product in &platform.products {
            let row = [id.as_str().into(), self::id("product", product).into()];
            products.push(loading.transaction, row).await?;
        }
    }
    platforms.finish(loading.transaction).await?;
    names.finish(loading.transaction).await?;
    products.finish(loading.transaction).await?;
    load_memberships(loading).await
}

async fn load_memberships(loading: &Loading<'_>) -> Outcome {
    let mut memberships = Rows::new(
        "memberships",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "created_by",
            "platform_id",
            "platform_country_code",
            "platform_region",
            "account_id",
            "member_sort_key",
            "role",
            "actor_type",
            "status",
            "since",
            "ended_at",
        ],
    );
    for member in &loading.records.members {
        for Membership { platform, role, status } in &member.memberships {
            let of = loading.records.platforms.iter().find(|of| of.key == *platform);
            let of = of.ok_or_else(|| broken(format!("no platform {platform}")))?;
            let status = MembershipStatus::from_code(status).ok_or_else(|| broken(status))?;
            let waits = matches!(status, MembershipStatus::Requested | MembershipStatus::Invited);
            // Those that wait do so since last week.
            let since = loading.days_ago(if waits { 7 } else { JOINED_DAYS_AGO });
            let ended = (status == MembershipStatus::Left).then(|| loading.days_ago(60));
            let account = id("account", &member.key);
            let row = [
                id("membership", &format!("{} {platform}", member.key)).into(),
                1_i64.into(),
                since.into(),
                ended.unwrap_or(since).into(),
                account.as_str().into(),
                id("platform", platform).into(),
                of.country.as_str().into(),
                loading.country(&of.country)?.region.clone().into(),
                account.as_str().into(),
                sort_key(&member.display_name).into(),
                code::<MembershipRole>(role)?.into(),
                code::<ActorType>(&member.actor_type)?.into(),
                status.code().into(),
                (!waits).then_some(since).into(),
                ended.into(),
            ];
            memberships.push(loading.transaction, row).await?;
        }
    }
    Ok(memberships.finish(loading.transaction).await?)
}

/// Loads the organisations, and gives the names and tokens of those that have one.
pub async fn load_organisations(loading: &Loading<'_>) -> Outcome<Vec<(String, String)>> {
    let mut organisations = Rows::new(
        "organisations",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "created_by",
            "name",
            "sort_key",
            "kind",
            "country_id",
            "verified_at",
        ],
    );
    let mut people = Rows::new("organisation_people", &["organisation_id", "account_id", "manager", "since"]);
    let mut clearances = Rows::new("organisation_clearances", &["organisation_id", "scope", "granted_at"]);
    let since = loading.days_ago(BEGUN_DAYS_AGO);
    for organisation in &loading.records.organisations {
        let (id, name) = (id("organisation", &organisation.key), main_name(&organisation.names));
        let creator = organisation.managers.first().map(|manager| self::id("account", manager));
        let row = [
            id.as_str().into(),
            1_i64.into(),
            since.into(),
            since.into(),
            creator.into(),
            name.into(),
            sort_key(name).into(),
            kind(&organisation.kind)?.code().into(),
            loading.country(&organisation.country)?.id.as_str().into(),
            organisation.verified.then_some(since).into(),
        ];
        organisations.push(loading.transaction, row).await?;
        for manager in &organisation.managers {
            let account = self::id("account", manager);
            let row = [id.as_str().into(), account.into(), true.into(), since.into()];
            people.push(loading.transaction, row).await?;
        }
        for scope in organisation.api_clearance.iter().flat_map(|clearance| &clearance.scopes) {
            let row = [id.as_str().into(), code::<Scope>(scope)?.into(), since.into()];
            clearances.push(loading.transaction, row).await?;
        }
    }
    organisations.finish(loading.transaction).await?;
    people.finish(loading.transaction).await?;
    clearances.finish(loading.transaction).await?;
    load_tokens(loading).await
}

/// Actor types stand for kinds in the records.
fn kind(text: &str) -> Outcome<OrganisationKind> {
    Ok(match text {
        "PRODUCER_ORGANISATION" => OrganisationKind::Producer,
        "INTERNATIONAL_ORGANISATION" => OrganisationKind::International,
        "TRADER" | "PROCESSOR" | "INPUT_SUPPLIER" => OrganisationKind::Company,
        _ => OrganisationKind::from_code(text).ok_or_else(|| broken(format!("{text} is no kind")))?,
    })
}

async fn load_tokens(loading: &Loading<'_>) -> Outcome<Vec<(String, String)>> {
    let mut tokens = Rows::new(
        "api_tokens",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "organisation_id",
            "created_by",
            "name",
            "hint",
            "all_countries",
            "expires_at",
        ],
    );
    let mut secrets =
        Rows::new("api_token_secrets", &["secret_hash", "token_id", "created_at", "expires_at"]);
    let mut scopes = Rows::new("api_token_scopes", &["token_id", "scope"]);
    let mut countries = Rows::new("api_token_countries", &["token_id", "country_code"]);
    let mut given = Vec::new();
    let now = loading.now.micros();
    for organisation in &loading.records.organisations {
        let Some(token) = &organisation.token else { continue };
        let id = id("token", &organisation.key);
        let secret = TokenSecret::generate(TokenKind::Api, loading.services.entropy.as_ref());
        let expires = loading.now.plus_days(token.expires_in_days).micros();
        let creator = organisation.managers.first().map(|manager| self::id("account", manager));
        let row = [
            id.as_str().into(),
            1_i64.into(),
            now.into(),
            now.into(),
            self::id("organisation", &organisation.key).into(),
            creator.into(),
            token.name.as_str().into(),
            secret.hint().into(),
            token.countries.is_empty().into(),
            expires.into(),
        ];
        tokens.push(loading.transaction, row).await?;
        let hash = loading.services.keyring.token_digest(secret.expose());
        let row = [hash.into(), id.as_str().into(), now.into(), expires.into()];
        secrets.push(loading.transaction, row).await?;
        for scope in &token.scopes {
            let row = [id.as_str().into(), code::<Scope>(scope)?.into()];
            scopes.push(loading.transaction, row).await?;
        }
        for country in &token.countries {
            countries.push(loading.transaction, [id.as_str().into(), country.as_str().into()]).await?;
        }
        given.push((main_name(&organisation.names).to_owned(), secret.expose().to_owned()));
    }
    tokens.finish(loading.transaction).await?;
    secrets.finish(loading.transaction).await?;
    scopes.finish(loading.transaction).await?;
    countries.finish(loading.transaction).await?;
    Ok(given)
}

/// Who can sign in: offices first, then roles, in the order of the closed sets.
pub fn sign_ins(members: &[Member], passwords: &Passwords) -> Vec<SignIn> {
    let mut sign_ins: Vec<(usize, SignIn)> = members
        .iter()
        .filter_map(|member| {
            let password = passwords.get(&member.key)?;
            let (rank, role) = role(member);
            let sign_in = SignIn {
                role,
                country: member.country.clone(),
                name: member.display_name.clone(),
                login: member.login.value.clone(),
                password: password.plain.clone(),
            };
            Some((rank, sign_in))
        })
        .collect();
    // Stable: within a role they stay in the order of the file.
    sign_ins.sort_by_key(|(rank, _)| *rank);
    sign_ins.into_iter().map(|(_, sign_in)| sign_in).collect()
}

/// The most telling of what someone is, and its place among all.
fn role(member: &Member) -> (usize, String) {
    if member.system_administrator {
        return (0, "SYSTEM_ADMINISTRATOR".to_owned());
    }
    let offices = AppointmentKind::MEMBERS.iter().map(|office| office.code);
    let held = |code: &str| member.appointments.iter().any(|appointment| appointment.kind == code);
    if let Some((place, office)) = offices.enumerate().find(|(_, code)| held(code)) {
        return (1 + place, office.to_owned());
    }
    let active = |code: &str| member.memberships.iter().any(|one| one.role == code && one.status == "ACTIVE");
    let roles = MembershipRole::MEMBERS.iter().map(|role| role.code);
    if let Some((place, role)) = roles.enumerate().find(|(_, code)| active(code)) {
        return (100 + place, role.to_owned());
    }
    match member.memberships.first() {
        Some(membership) => (200, format!("{} ({})", membership.role, membership.status)),
        None => (300, "NO_MEMBERSHIP".to_owned()),
    }
}
