//! `requestPasswordReset`, `resetPassword`, `issueSignInCode`, `claimAccount`, `changePassword`.

use async_graphql::InputObject;
use maip_domain::id::AccountId;
use maip_domain::identity::{CodePurpose, Login, password};
use maip_persistence::identity::read::ACCOUNT;
use maip_persistence::identity::{codes, recovery};
use maip_persistence::read::declare::{Scalar, closed};
use maip_persistence::write::{Refusal, WriteError, WriteResult, Written};

use super::session::{self, CODE_DELIVERY, SIGNED_IN};
use crate::mutation::{Extra, ExtraType, MutationContext, Payload, Typed};
use crate::schema::scalars::Id;

/// Whose password is lost.
#[derive(InputObject)]
pub struct RequestPasswordResetInput {
    /// The login.
    pub login: String,
}

/// Asks for a code.
pub static REQUEST_PASSWORD_RESET: Typed<RequestPasswordResetInput> = Typed {
    name: "requestPasswordReset",
    description: "Sends a one-time code to a login, where it has an account and can receive one: to set a new password, \
                  or for what the account needs before it can be used. The answer is the same for every login of a kind.",
    payload: CODE_DELIVERY,
    run: |cx, input| Box::pin(request_password_reset(cx, input)),
};

async fn request_password_reset(
    cx: &MutationContext<'_>,
    input: RequestPasswordResetInput,
) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let login = refusal.take("login", Login::parse_any(&input.login));
    refusal.finish()?;
    let login = login.ok_or(WriteError::Broken("an input was neither right nor refused"))?;
    let asked = recovery::ask(cx.services, &login).await?;
    recovery::send_code(cx.begin().await?, &asked).await
}

/// A new password with the code that allows it.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// The login.
    pub login: String,
    /// The one-time code, as it was sent or read out.
    pub code: String,
    /// The new password, or the new PIN of a short name.
    pub new_password: String,
}

/// Sets a new password by a code.
pub static RESET_PASSWORD: Typed<ResetPasswordInput> = Typed {
    name: "resetPassword",
    description: "Sets a new password by a one-time code. All sessions end; sign in with the new password.",
    payload: Payload {
        record: None,
        extras: &[Extra {
            name: "passwordSet",
            description: "Whether the new password counts from now on.",
            of: ExtraType::Scalar(Scalar::Bool),
        }],
    },
    run: |cx, input| Box::pin(reset_password(cx, input)),
};

async fn reset_password(cx: &MutationContext<'_>, input: ResetPasswordInput) -> WriteResult<Written> {
    let new = new_password(cx, &input.login, &input.code, ("newPassword", &input.new_password), None).await?;
    recovery::reset(cx.begin().await?, new.0).await
}

/// To whom a code is read out.
#[derive(InputObject)]
pub struct IssueSignInCodeInput {
    /// The account.
    pub account_id: Id<AccountId>,
}

/// Makes a code to read out.
pub static ISSUE_SIGN_IN_CODE: Typed<IssueSignInCodeInput> = Typed {
    name: "issueSignInCode",
    description: "Makes a one-time code for a member whose login receives no messages, to be read out to them: by the \
                  facilitator of their platform, or the national focal point. Be sure who you speak to: the code opens \
                  the account.",
    payload: Payload::of("account", &ACCOUNT, "For whom it is.").with(&[
        Extra {
            name: "code",
            description: "The code, in two groups of four digits. It isn't shown again.",
            of: ExtraType::Scalar(Scalar::Text),
        },
        Extra {
            name: "expiresAt",
            description: "When it stops working.",
            of: ExtraType::Scalar(Scalar::Instant),
        },
        Extra {
            name: "purpose",
            description: "What the person does with it: `claimAccount`, `verifyLogin` or `resetPassword`.",
            of: ExtraType::Scalar(Scalar::Enum(closed::<CodePurpose>)),
        },
    ]),
    run: |cx, input| Box::pin(issue_sign_in_code(cx, input)),
};

async fn issue_sign_in_code(cx: &MutationContext<'_>, input: IssueSignInCodeInput) -> WriteResult<Written> {
    let account = input.account_id.at("accountId")?;
    codes::issue_to_read_out(cx.begin().await?, account.as_str()).await
}

/// How a person takes over the account that somebody else registered for them.
#[derive(InputObject)]
pub struct ClaimAccountInput {
    /// The login, as it was registered.
    pub login: String,
    /// The one-time code, as it was read out or sent.
    pub code: String,
    /// A password of one's own; for a short name a PIN.
    pub password: String,
    /// That the person agrees to what was recorded about them, and to having the account.
    pub consent_confirmed: bool,
    /// What this device calls itself, to tell it from others.
    pub label: Option<String>,
}

/// Takes over an account.
pub static CLAIM_ACCOUNT: Typed<ClaimAccountInput> = Typed {
    name: "claimAccount",
    description: "Takes over an account that somebody else registered, by a one-time code, and signs in.",
    payload: SIGNED_IN,
    run: |cx, input| Box::pin(claim_account(cx, input)),
};

async fn claim_account(cx: &MutationContext<'_>, input: ClaimAccountInput) -> WriteResult<Written> {
    let (new, label) =
        new_password(cx, &input.login, &input.code, ("password", &input.password), input.label.as_deref())
            .await?;
    recovery::claim(cx.begin().await?, new, input.consent_confirmed, label.as_deref()).await
}

async fn new_password(
    cx: &MutationContext<'_>,
    login: &str,
    code: &str,
    (field, secret): (&str, &str),
    label: Option<&str>,
) -> WriteResult<(recovery::NewPassword, Option<String>)> {
    let mut refusal = Refusal::default();
    let login = refusal.take("login", Login::parse_any(login));
    let code = session::code(&mut refusal, code);
    let canonical = login.as_ref().and_then(|login| refusal.take(field, password::check(login, secret)));
    let label = session::label(&mut refusal, label);
    refusal.finish()?;
    let (Some(login), Some(code), Some(canonical)) = (login, code, canonical) else {
        return Err(WriteError::Broken("an input was neither right nor refused"));
    };
    Ok((recovery::ready(cx.services, &login, code, canonical).await?, label))
}

/// The present password and a new one.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The present password or PIN.
    pub current_password: String,
    /// The new one.
    pub new_password: String,
}

/// Changes one's password.
pub static CHANGE_PASSWORD: Typed<ChangePasswordInput> = Typed {
    name: "changePassword",
    description: "Changes your password. Your other sessions end.",
    payload: Payload::of("account", &ACCOUNT, "Your account.").with(&[Extra {
        name: "endedSessions",
        description: "How many other sessions have ended.",
        of: ExtraType::Scalar(Scalar::Int),
    }]),
    run: |cx, input| Box::pin(change_password(cx, input)),
};

async fn change_password(cx: &MutationContext<'_>, input: ChangePasswordInput) -> WriteResult<Written> {
    cx.still_to_do().await?;
    let change =
        recovery::ready_to_change(cx.services, cx.viewer, &input.current_password, &input.new_password)
            .await?;
    recovery::change(cx.begin_alone().await?, change).await
}
