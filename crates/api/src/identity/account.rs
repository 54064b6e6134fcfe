//! `updateMyAccount`, `suspendAccount`, `reinstateAccount`.

use async_graphql::{InputObject, MaybeUndefined};
use maip_domain::id::AccountId;
use maip_domain::identity::{AgeGroup, Sex};
use maip_domain::text;
use maip_persistence::identity::accounts::{self, AccountEdit};
use maip_persistence::identity::read::ACCOUNT;
use maip_persistence::identity::standing;
use maip_persistence::write::{Refusal, WriteResult, Written};

use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Country, Id, Language};

/// What is changed of one's own account; what isn't named stays.
#[derive(InputObject)]
pub struct UpdateMyAccountInput {
    /// The revision that was read.
    pub expected_revision: i64,
    /// The name under which you want to be known.
    pub display_name: Option<String>,
    /// The language in which you prefer to read.
    pub language: Option<Language>,
    /// Your country; null takes it away.
    pub country: MaybeUndefined<Country>,
    /// As you describe it, for counts only; null takes it away.
    pub sex: MaybeUndefined<Closed<Sex>>,
    /// For counts only; null takes it away.
    pub age_group: MaybeUndefined<Closed<AgeGroup>>,
}

/// Changes one's own account.
pub static UPDATE_MY_ACCOUNT: Typed<UpdateMyAccountInput> = Typed {
    name: "updateMyAccount",
    description: "Changes what you say of yourself.",
    payload: Payload::of("account", &ACCOUNT, "Your account."),
    run: |cx, input| Box::pin(update_my_account(cx, input)),
};

async fn update_my_account(cx: &MutationContext<'_>, input: UpdateMyAccountInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let display_name =
        input.display_name.and_then(|name| refusal.take("displayName", text::check(&name, &text::NAME)));
    refusal.finish()?;
    let edit = AccountEdit {
        display_name,
        language: input.language.map(|language| language.0),
        country: given(input.country).map(|country| country.map(|country| country.0)),
        sex: given(input.sex).map(|sex| sex.map(|sex| sex.0)),
        age_group: given(input.age_group).map(|group| group.map(|group| group.0)),
    };
    accounts::update_mine(cx.begin().await?, input.expected_revision, edit).await
}

/// Nothing where the field isn't there, nothing in something where it is null.
#[expect(clippy::option_option, reason = "left out, taken away and given are three things")]
fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Whose account is suspended.
#[derive(InputObject)]
pub struct SuspendAccountInput {
    /// The account.
    pub account_id: Id<AccountId>,
    /// The revision that was read.
    pub expected_revision: i64,
}

/// Shuts an account out.
pub static SUSPEND_ACCOUNT: Typed<SuspendAccountInput> = Typed {
    name: "suspendAccount",
    description: "Shuts an account out: none of its sessions works any more, from the next request on. By the secretariat \
                  or the system administrator.",
    payload: Payload::of("account", &ACCOUNT, "The account."),
    run: |cx, input| Box::pin(suspend_account(cx, input)),
};

async fn suspend_account(cx: &MutationContext<'_>, input: SuspendAccountInput) -> WriteResult<Written> {
    let account = input.account_id.at("accountId")?;
    standing::suspend(cx.begin().await?, account.as_str(), input.expected_revision).await
}

/// Whose account is let in again.
#[derive(InputObject)]
pub struct ReinstateAccountInput {
    /// The account.
    pub account_id: Id<AccountId>,
    /// The revision that was read.
    pub expected_revision: i64,
}

/// Lets an account in again.
pub static REINSTATE_ACCOUNT: Typed<ReinstateAccountInput> = Typed {
    name: "reinstateAccount",
    description: "Lets a suspended account in again, to where it had come. Its person signs in anew. By the secretariat or \
                  the system administrator.",
    payload: Payload::of("account", &ACCOUNT, "The account."),
    run: |cx, input| Box::pin(reinstate_account(cx, input)),
};

async fn reinstate_account(cx: &MutationContext<'_>, input: ReinstateAccountInput) -> WriteResult<Written> {
    let account = input.account_id.at("accountId")?;
    standing::reinstate(cx.begin().await?, account.as_str(), input.expected_revision).await
}
