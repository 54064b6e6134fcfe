//! People who are registered by somebody else.

use async_graphql::InputObject;
use maip_domain::id::{AccountId, MembershipId, PlatformId};
use maip_domain::identity::{AgeGroup, Login, LoginKind, Sex};
use maip_domain::membership::{ActorType, MembershipRole};
use maip_domain::text;
use maip_persistence::membership::registration::{self, Registration};
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::OF_MEMBERSHIP;
use crate::mutation::{MutationContext, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{DateTime, Id, Language};

pub static REGISTER: Typed<RegisterMemberInput> = Typed {
    name: "registerMember",
    description: "Registers someone in a platform for which you record: an account that the person can claim later \
                  with a code, and an active membership. The answer is the same whether or not the login is in use; \
                  someone who has an account keeps it, and joins by asking.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(register(cx, input)),
};

/// Someone to be registered.
#[derive(InputObject)]
pub struct RegisterMemberInput {
    /// The id of the membership, where you make it.
    id: Option<Id<MembershipId>>,
    /// The id of the account, where you make it.
    account_id: Option<Id<AccountId>>,
    /// The platform.
    platform_id: Id<PlatformId>,
    /// The person's name, in 120 characters at most.
    display_name: String,
    /// What the person will sign in with.
    login_kind: Closed<LoginKind>,
    /// The e-mail address, the phone number with its country's code, or the short name.
    login: String,
    /// The language in which the person reads.
    language: Language,
    /// As the person declared it, if at all.
    sex: Option<Closed<Sex>>,
    /// As the person declared it, if at all.
    age_group: Option<Closed<AgeGroup>>,
    /// MEMBER unless said, or OBSERVER; those who manage the platform can change it later.
    role: Option<Closed<MembershipRole>>,
    /// What part of the value chain the person comes from.
    actor_type: Closed<ActorType>,
    /// How the person agreed to be registered, such as "said so at the field day, in Chichewa". Asked again at
    /// the first sign-in.
    consent: String,
    /// When; now unless said.
    consent_at: Option<DateTime>,
}

async fn register(cx: &MutationContext<'_>, input: RegisterMemberInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let account = input.account_id.and_then(|id| id.check(&mut refusal, "accountId"));
    let platform = input.platform_id.check(&mut refusal, "platformId");
    let display_name = refusal.take("displayName", text::check(&input.display_name, &text::NAME));
    let login = refusal.take("login", Login::parse(input.login_kind.0, &input.login));
    let consent = refusal.take("consent", text::check(&input.consent, &text::MESSAGE));
    let given = platform.zip(display_name).zip(login.zip(consent));
    let ((platform, display_name), (login, consent)) = refusal.finish_with(given)?;
    let person = Registration {
        platform,
        display_name,
        login,
        language: input.language.0,
        sex: input.sex.map(|sex| sex.0),
        age_group: input.age_group.map(|group| group.0),
        role: input.role.map_or(MembershipRole::Member, |role| role.0),
        actor_type: input.actor_type.0,
        consent,
        consent_at: input.consent_at.map(|at| at.0),
    };
    let unit = cx.begin().await?;
    let id = registration::register(&unit, id.as_ref(), account.as_ref(), person).await?;
    unit.commit(Written::record(id)).await
}
