//! Accounts: their states, and what a person may say about themselves.

use super::code::CodePurpose;
use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// The state of a person's account. Won't grow.
    pub enum AccountStatus {
        /// Registered by a facilitator; the person hasn't signed in yet and can claim it with a code.
        Unclaimed = "UNCLAIMED",
        /// Signed up; the login isn't verified by a one-time code yet.
        Pending = "PENDING",
        /// In use.
        Active = "ACTIVE",
        /// Shut out until reinstated: no session and no token of it works.
        Suspended = "SUSPENDED",
        /// The person had it erased. What they wrote stays, under a pseudonym.
        Erased = "ERASED",
    }
}

crate::closed_set! {
    /// What can happen to an account. May grow.
    pub enum AccountAction {
        /// The person proved with a code that the login is theirs.
        Verify = "VERIFY",
        /// The person took over the account that was registered for them.
        Claim = "CLAIM",
        /// Shut out.
        Suspend = "SUSPEND",
        /// Let in again; the login was verified before.
        Reinstate = "REINSTATE",
        /// Let in again; the login has still to be verified.
        ReinstatePending = "REINSTATE_PENDING",
        /// Let in again; the account has still to be claimed.
        ReinstateUnclaimed = "REINSTATE_UNCLAIMED",
        /// Erased at the person's wish. Nothing undoes it.
        Erase = "ERASE",
    }
}

impl AccountAction {
    /// How a suspended account is reinstated, which depends on how far it had come: registered by
    /// another person or signed up, login verified or not.
    #[must_use]
    pub const fn reinstatement(registered_by_another: bool, login_verified: bool) -> Self {
        match (registered_by_another, login_verified) {
            (_, true) => Self::Reinstate,
            (true, false) => Self::ReinstateUnclaimed,
            (false, false) => Self::ReinstatePending,
        }
    }
}

impl AccountStatus {
    /// The state after the action.
    pub fn apply(self, action: AccountAction) -> Result<Self, ForbiddenTransition> {
        use AccountAction as Act;
        match (self, action) {
            (Self::Pending, Act::Verify)
            | (Self::Unclaimed, Act::Claim)
            | (Self::Suspended, Act::Reinstate) => Ok(Self::Active),
            (Self::Suspended, Act::ReinstatePending) => Ok(Self::Pending),
            (Self::Suspended, Act::ReinstateUnclaimed) => Ok(Self::Unclaimed),
            (Self::Unclaimed | Self::Pending | Self::Active, Act::Suspend) => Ok(Self::Suspended),
            (Self::Unclaimed | Self::Pending | Self::Active | Self::Suspended, Act::Erase) => {
                Ok(Self::Erased)
            }
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }

    /// What a one-time code is for in this state; none where a code opens nothing.
    #[must_use]
    pub const fn code_purpose(self) -> Option<CodePurpose> {
        match self {
            Self::Unclaimed => Some(CodePurpose::ClaimAccount),
            Self::Pending => Some(CodePurpose::VerifyLogin),
            Self::Active => Some(CodePurpose::ResetPassword),
            Self::Suspended | Self::Erased => None,
        }
    }

    /// Whether someone can sign in with a password or PIN.
    #[must_use]
    pub const fn can_sign_in(self) -> bool {
        matches!(self, Self::Active)
    }
}

crate::closed_set! {
    /// How a person describes their sex. Optional and self-declared; used only in counts. May grow.
    pub enum Sex {
        /// Female.
        Female = "FEMALE",
        /// Male.
        Male = "MALE",
        /// Neither of the two, or described otherwise.
        Other = "OTHER",
    }
}

crate::closed_set! {
    /// A person's age group. Optional and self-declared; used only in counts. Won't grow.
    pub enum AgeGroup {
        /// Younger than 25 years.
        Under25 = "UNDER_25",
        /// 25 to 34 years.
        From25To34 = "FROM_25_TO_34",
        /// 35 to 59 years.
        From35To59 = "FROM_35_TO_59",
        /// 60 years or older.
        From60 = "FROM_60",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;

    #[test]
    fn an_account_does_exactly_the_steps_of_its_table() {
        use AccountAction as Act;
        use AccountStatus as S;
        let allowed = [
            (S::Unclaimed, Act::Claim, S::Active),
            (S::Unclaimed, Act::Suspend, S::Suspended),
            (S::Unclaimed, Act::Erase, S::Erased),
            (S::Pending, Act::Verify, S::Active),
            (S::Pending, Act::Suspend, S::Suspended),
            (S::Pending, Act::Erase, S::Erased),
            (S::Active, Act::Suspend, S::Suspended),
            (S::Active, Act::Erase, S::Erased),
            (S::Suspended, Act::Reinstate, S::Active),
            (S::Suspended, Act::ReinstatePending, S::Pending),
            (S::Suspended, Act::ReinstateUnclaimed, S::Unclaimed),
            (S::Suspended, Act::Erase, S::Erased),
        ];
        crate::transition::tests::exactly(&allowed, S::apply);
    }

    #[test]
    fn a_reinstated_account_returns_to_where_it_had_come_to() {
        for (registered, verified, expected) in [
            (false, true, AccountStatus::Active),
            (true, true, AccountStatus::Active),
            (false, false, AccountStatus::Pending),
            (true, false, AccountStatus::Unclaimed),
        ] {
            let action = AccountAction::reinstatement(registered, verified);
            assert_eq!(AccountStatus::Suspended.apply(action), Ok(expected));
        }
    }

    #[test]
    fn only_an_active_account_signs_in() {
        let who: Vec<_> = AccountStatus::MEMBERS.iter().filter(|m| m.value.can_sign_in()).collect();
        assert_eq!(who.len(), 1);
        assert_eq!(who[0].code, "ACTIVE");
    }
}
