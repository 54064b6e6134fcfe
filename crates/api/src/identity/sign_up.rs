//! `signUp`, `verifyLogin`.

use async_graphql::InputObject;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::PlatformId;
use maip_domain::identity::{Login, password};
use maip_domain::membership::member::ActorType;
use maip_domain::text;
use maip_persistence::identity::sign_up::{self, SignUp, Wish};
use maip_persistence::write::{Refusal, UserError, WriteError, WriteResult, Written};

use super::session::{self, CODE_DELIVERY, SIGNED_IN};
use crate::mutation::{MutationContext, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Country, Id, Language};

/// What somebody says of themselves to get an account.
#[derive(InputObject)]
pub struct SignUpInput {
    /// An e-mail address, a phone number with its country code (`+265 …`), or a short name of 3 to 32 letters and digits.
    pub login: String,
    /// A password of at least 10 characters; for a short name a PIN of 6 to 12 digits.
    pub password: String,
    /// The name under which the person wants to be known.
    pub display_name: String,
    /// The language in which the person prefers to read.
    pub language: Language,
    /// The person's country.
    pub country: Option<Country>,
    /// A platform that the person would like to join: its facilitator sees the request, and can read out the code. Needed where no code can be sent to the login: for a short name always, for a phone number where the installation sends no text messages, for an e-mail address where it sends no mail.
    pub platform_id: Option<Id<PlatformId>>,
    /// As what the person would take part in the platform; FARMER where it isn't said.
    pub actor_type: Option<Closed<ActorType>>,
    /// A message to those who decide about the request.
    pub message: Option<String>,
}

/// Gets an account.
pub static SIGN_UP: Typed<SignUpInput> = Typed {
    name: "signUp",
    description: "Makes an account for whoever asks. It can be used once its login is proven: see `verifyLogin`. The answer \
                  is the same whether or not the login has an account already.",
    payload: CODE_DELIVERY,
    run: |cx, input| Box::pin(sign_up(cx, input)),
};

async fn sign_up(cx: &MutationContext<'_>, input: SignUpInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let login = refusal.take("login", Login::parse_any(&input.login));
    let password =
        login.as_ref().and_then(|login| refusal.take("password", password::check(login, &input.password)));
    let display_name = refusal.take("displayName", text::check(&input.display_name, &text::NAME));
    let message = input.message.and_then(|text| refusal.take("message", text::check(&text, &text::MESSAGE)));
    let platform = input.platform_id.and_then(|id| id.check(&mut refusal, "platformId"));
    if platform.is_none() && login.as_ref().is_some_and(|login| !cx.services.delivery.sends_to(login.kind()))
    {
        let message = "no code can be sent to this login: name a platform, so that its facilitator sees the request and \
                       reads one out";
        refusal.push(UserError::at("platformId", ErrorCode::Required, message));
    }
    let given = login.zip(password).zip(display_name);
    let ((login, password), display_name) = refusal.finish_with(given)?;
    let actor_type = input.actor_type.map_or(ActorType::Farmer, |actor_type| actor_type.0);
    let new = SignUp {
        login,
        password,
        display_name,
        language: input.language.0,
        country: input.country.map(|country| country.0),
        platform: platform.map(|platform| Wish { platform, actor_type, message }),
    };
    let ready = sign_up::ready(cx.services, &new).await?;
    sign_up::sign_up(cx.begin().await?, new, ready).await
}

/// A code, with the login and the password that it is for.
#[derive(InputObject)]
pub struct VerifyLoginInput {
    /// The login.
    pub login: String,
    /// The password or PIN that was given at sign-up: the code alone proves only that somebody reads the messages.
    pub password: String,
    /// The one-time code, as it was sent or read out.
    pub code: String,
    /// What this device calls itself, to tell it from others.
    pub label: Option<String>,
}

/// Proves a login.
pub static VERIFY_LOGIN: Typed<VerifyLoginInput> = Typed {
    name: "verifyLogin",
    description: "Proves with a one-time code that a login is one's own, and signs in. Needed after `signUp`, and again \
                  for a phone number that wasn't used for a year.",
    payload: SIGNED_IN,
    run: |cx, input| Box::pin(verify_login(cx, input)),
};

async fn verify_login(cx: &MutationContext<'_>, input: VerifyLoginInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let login = refusal.take("login", Login::parse_any(&input.login));
    let code = session::code(&mut refusal, &input.code);
    let label = session::label(&mut refusal, input.label.as_deref());
    refusal.finish()?;
    let (Some(login), Some(code)) = (login, code) else {
        return Err(WriteError::Broken("an input was neither right nor refused"));
    };
    let proof = sign_up::prove(cx.services, &login, code, &input.password).await?;
    sign_up::verify(cx.begin().await?, &proof, label.as_deref()).await
}
