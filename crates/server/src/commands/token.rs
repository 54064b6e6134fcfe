//! `maip token create|list|revoke`: the API tokens of organisations.

use std::fmt::Display;
use std::str::FromStr;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::{ApiTokenId, OrganisationId};
use maip_domain::identity::scope::Scope;
use maip_domain::text;
use maip_persistence::identity::api_tokens::{self, Listed, NewToken};
use maip_persistence::services::Services;

use crate::cli::TokenTask;
use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{say, write};
use crate::{keys, node, store};

/// Runs one of the commands to its end.
pub async fn run(config: &Config, task: TokenTask) -> Outcome {
    let database = store::open_current(config).await?;
    let keyring = keys::read(config, &database).await?;
    let services = node::services(config, database.clone(), keyring)?;
    match task {
        TokenTask::Create { organisation, name, scopes, countries, expires_in_days } => {
            let countries = some(&countries)
                .map(|list| list.iter().map(|code| parse("--countries", code)).collect())
                .transpose()?;
            let token = NewToken {
                organisation: parse("--organisation", &organisation)?,
                name: text::check(&name, &text::NAME)
                    .map_err(|error| Failure::new(Exit::Usage, format!("--name: {error}")))?,
                scopes: scopes.iter().map(|text| scope(text)).collect::<Outcome<_>>()?,
                countries,
                expires: Some(services.now().plus_days(i64::from(expires_in_days))),
            };
            create(&services, token).await?;
        }
        TokenTask::List { organisation } => {
            let organisation =
                organisation.map(|id| parse::<OrganisationId>("--organisation", &id)).transpose()?;
            let tokens = api_tokens::list(&services, organisation.as_ref()).await?;
            write(&listing(&services, &tokens));
        }
        TokenTask::Revoke { id } => {
            api_tokens::revoke(&services, &parse::<ApiTokenId>("the token", &id)?).await?;
            say(format_args!("{id} is revoked: from now on it opens nothing"));
        }
    }
    database.close().await?;
    Ok(())
}

async fn create(services: &Services, token: NewToken) -> Outcome {
    let (id, secret) = api_tokens::create(services, token).await?;
    say(id);
    say(secret.expose());
    say("The second line is the token itself. It is shown this once.");
    Ok(())
}

fn some(list: &[String]) -> Option<&[String]> {
    Some(list).filter(|list| !list.is_empty())
}

fn scope(text: &str) -> Outcome<Scope> {
    Scope::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Scope::MEMBERS.iter().map(|member| member.code).collect();
        Failure::new(Exit::Usage, format!("--scopes: {text:?} is none of {}", known.join(", ")))
    })
}

fn parse<T: FromStr<Err: Display>>(what: &str, text: &str) -> Outcome<T> {
    text.parse().map_err(|error| Failure::new(Exit::Usage, format!("{what}: {text:?}: {error}")))
}

/// A token a paragraph: what it is, whose, what it may do, until when.
fn listing(services: &Services, tokens: &[Listed]) -> String {
    tokens.iter().map(|token| paragraph(services, token)).collect()
}

fn paragraph(services: &Services, token: &Listed) -> String {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.code()).collect();
    let countries = token.countries.as_ref().map_or_else(
        || "all countries".to_owned(),
        |countries| countries.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
    );
    let state = match token.revoked {
        Some(revoked) => format!("revoked {revoked}"),
        None if token.expires <= services.now() => format!("expired {}", token.expires),
        None => format!("until {}", token.expires),
    };
    let used = token.last_used.map_or_else(|| "never used".to_owned(), |used| format!("used {used}"));
    format!(
        "{}  {}…  {}\n  {} ({})\n  {}; {countries}\n  {state}; {used}\n",
        token.id,
        token.hint,
        token.name,
        token.organisation_name,
        token.organisation,
        scopes.join(", "),
    )
}
