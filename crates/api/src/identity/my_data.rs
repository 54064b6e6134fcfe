//! `exportMyData`, `eraseMyAccount`.

use async_graphql::InputObject;
use maip_persistence::identity::{erasure, export};
use maip_persistence::read::declare::Scalar;
use maip_persistence::write::{WriteResult, Written};

use crate::mutation::{Extra, ExtraType, MutationContext, Payload, Typed};

/// In which form.
#[derive(InputObject)]
pub struct ExportMyDataInput {
    /// Whether the text is laid out for a person to read.
    #[graphql(default)]
    pub pretty: bool,
}

/// Gives everything that is held on the person.
pub static EXPORT_MY_DATA: Typed<ExportMyDataInput> = Typed {
    name: "exportMyData",
    description: "Gives everything that is held on you, as one JSON document: account and login, memberships, offices, \
                  lessons, contact cards with their details, consents, introductions, who read your details, sessions, \
                  and the audit of what you did.",
    payload: Payload {
        record: None,
        extras: &[Extra {
            name: "data",
            description: "The document, as text.",
            of: ExtraType::Scalar(Scalar::Text),
        }],
    },
    run: |cx, input| Box::pin(export_my_data(cx, input)),
};

async fn export_my_data(cx: &MutationContext<'_>, input: ExportMyDataInput) -> WriteResult<Written> {
    export::export(cx.begin().await?, input.pretty).await
}

/// A confirmation.
#[derive(InputObject)]
pub struct EraseMyAccountInput {
    /// Your password or PIN.
    pub password: String,
}

/// Erases the person's account.
pub static ERASE_MY_ACCOUNT: Typed<EraseMyAccountInput> = Typed {
    name: "eraseMyAccount",
    description: "Erases your account. What you wrote for others stays, under a pseudonym; your name, login, contact cards \
                  and consents go, your memberships and offices end. Nothing undoes it.",
    payload: Payload {
        record: None,
        extras: &[Extra {
            name: "erased",
            description: "Whether the account is erased.",
            of: ExtraType::Scalar(Scalar::Bool),
        }],
    },
    run: |cx, input| Box::pin(erase_my_account(cx, input)),
};

async fn erase_my_account(cx: &MutationContext<'_>, input: EraseMyAccountInput) -> WriteResult<Written> {
    cx.still_to_do().await?;
    let confirmed = erasure::confirm(cx.services, cx.viewer, &input.password).await?;
    erasure::erase(cx.begin_alone().await?, &confirmed).await
}
