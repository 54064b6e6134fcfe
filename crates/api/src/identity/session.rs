//! What several mutations of this feature share: the tokens of a session, codes as they are typed.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::{CodeDelivery, OneTimeCode};
use maip_domain::text;
use maip_persistence::identity::read::ACCOUNT;
use maip_persistence::read::declare::{Scalar, closed};
use maip_persistence::write::{Refusal, UserError};

use crate::mutation::{Extra, ExtraType, Payload, ValueField, ValueObject};

/// The tokens of a session.
static TOKENS: ValueObject = ValueObject {
    name: "SessionTokens",
    description: "The tokens of a session. Keep both secret; the access token goes into the `Authorization` header as \
                  `Bearer …`, the refresh token into `refreshSession` alone.",
    fields: &[
        ValueField { name: "sessionId", description: "The session.", scalar: Scalar::Id, nullable: false },
        ValueField {
            name: "accessToken",
            description: "Shows who asks. It works for minutes, and no longer than the session and the account stand.",
            scalar: Scalar::Text,
            nullable: false,
        },
        ValueField {
            name: "accessTokenExpiresAt",
            description: "When the access token stops working: refresh before.",
            scalar: Scalar::Instant,
            nullable: false,
        },
        ValueField {
            name: "refreshToken",
            description: "Gives the next pair of tokens. It is used once: keep the new one as soon as it is there. Where \
                          the answer was lost, send the same again.",
            scalar: Scalar::Text,
            nullable: false,
        },
        ValueField {
            name: "expiresAt",
            description: "When the session ends, unless it is refreshed before.",
            scalar: Scalar::Instant,
            nullable: false,
        },
        ValueField {
            name: "endsAt",
            description: "When the session ends for good, a year after signing in: then sign in again.",
            scalar: Scalar::Instant,
            nullable: false,
        },
    ],
};

static SESSION: &[Extra] = &[Extra {
    name: "session",
    description: "The tokens of the new session.",
    of: ExtraType::Object(&TOKENS),
}];

/// The payload of everything that signs in.
pub(super) const SIGNED_IN: Payload =
    Payload::of("account", &ACCOUNT, "The account that is signed in.").with(SESSION);

/// Says how a code comes.
pub(super) const CODE_DELIVERY: Payload = Payload {
    record: None,
    extras: &[Extra {
        name: "codeDelivery",
        description: "How the code comes, if one does. The same for every login of a kind, in use or not.",
        of: ExtraType::Scalar(Scalar::Enum(closed::<CodeDelivery>)),
    }],
};

/// Reads a code as people type it.
pub(super) fn code(refusal: &mut Refusal, text: &str) -> Option<OneTimeCode> {
    let read = OneTimeCode::parse(text);
    if let Err(error) = read {
        refusal.push(UserError::at("code", ErrorCode::InvalidCode, error.to_string()));
    }
    read.ok()
}

/// Reads what a device calls itself.
pub(super) fn label(refusal: &mut Refusal, text: Option<&str>) -> Option<String> {
    text.and_then(|text| refusal.take("label", text::check(text, &text::NAME)))
}
