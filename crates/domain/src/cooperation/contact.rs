//! Contact cards and their details.

use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// The state of a card of the contact directory. May grow.
    pub enum ContactCardStatus {
        /// In the directory.
        Published = "PUBLISHED",
        /// Taken out of the directory. Its consents have ended.
        Retired = "RETIRED",
    }
}

crate::closed_set! {
    /// What can happen to a contact card. May grow.
    pub enum ContactCardAction {
        /// Put it into the directory again.
        Publish = "PUBLISH",
        /// Take it out of the directory.
        Retire = "RETIRE",
    }
}

impl ContactCardStatus {
    /// The status after the action.
    pub fn apply(self, action: ContactCardAction) -> Result<Self, ForbiddenTransition> {
        match (self, action) {
            (Self::Retired, ContactCardAction::Publish) => Ok(Self::Published),
            (Self::Published, ContactCardAction::Retire) => Ok(Self::Retired),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }
}

/// So many cards can a person or an organisation have in the directory.
pub const MOST_CARDS: u64 = 10;

/// So many countries, concepts or languages can a card name.
pub const MOST_LISTED: usize = 50;

crate::closed_set! {
    /// A detail of a contact card, shown by consent only. May grow.
    pub enum ContactField {
        /// An e-mail address.
        Email = "EMAIL",
        /// A phone number.
        Phone = "PHONE",
        /// A name or number at a messenger service.
        Messenger = "MESSENGER",
        /// A postal address.
        Address = "ADDRESS",
    }
}

crate::closed_set! {
    /// Why the details of a contact card are there or aren't. Reading never fails for want of consent. May grow.
    pub enum DetailsStatus {
        /// At least one detail is open to the viewer.
        Visible = "VISIBLE",
        /// There are details, and none is open to the viewer: ask for an introduction. A consent that was withdrawn looks the same.
        NoConsent = "NO_CONSENT",
        /// The card has no details.
        NoneGiven = "NONE_GIVEN",
        /// They can't be shown now, since the reading couldn't be logged for the person concerned. Try again.
        Unavailable = "UNAVAILABLE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_retired_and_published_again_and_nothing_else() {
        use ContactCardAction as Act;
        use ContactCardStatus as S;
        crate::transition::tests::exactly(
            &[(S::Retired, Act::Publish, S::Published), (S::Published, Act::Retire, S::Retired)],
            S::apply,
        );
    }
}
