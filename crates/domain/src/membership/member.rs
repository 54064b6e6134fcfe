//! Memberships of people and organisations in a platform.

use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// The state of a membership in a platform. Won't grow.
    pub enum MembershipStatus {
        /// Invited; the person hasn't answered yet.
        Invited = "INVITED",
        /// Asked to become a member; those who manage the platform haven't answered yet.
        Requested = "REQUESTED",
        /// A member.
        Active = "ACTIVE",
        /// Shut out by those who manage the platform, until reinstated.
        Suspended = "SUSPENDED",
        /// Left the platform; may be invited or ask again.
        Left = "LEFT",
        /// The invitation or the request was declined; may be invited or ask again.
        Declined = "DECLINED",
    }
}

crate::closed_set! {
    /// What can happen to a membership. May grow.
    pub enum MembershipAction {
        /// Invite again someone who left or wasn't a member after all.
        Invite = "INVITE",
        /// Ask again to become a member.
        Request = "REQUEST",
        /// Accept an invitation.
        Accept = "ACCEPT",
        /// Approve a request.
        Approve = "APPROVE",
        /// Decline an invitation or a request.
        Decline = "DECLINE",
        /// Shut a member out.
        Suspend = "SUSPEND",
        /// Let a suspended member in again.
        Reinstate = "REINSTATE",
        /// Leave the platform. Someone who is suspended can't: leaving and asking again would undo the suspension.
        Leave = "LEAVE",
        /// End it because the account was erased.
        End = "END",
    }
}

impl MembershipStatus {
    /// The state after the action.
    pub fn apply(self, action: MembershipAction) -> Result<Self, ForbiddenTransition> {
        use MembershipAction as Act;
        match (self, action) {
            (Self::Left | Self::Declined, Act::Invite) => Ok(Self::Invited),
            (Self::Left | Self::Declined, Act::Request) => Ok(Self::Requested),
            (Self::Invited, Act::Accept)
            | (Self::Requested, Act::Approve)
            | (Self::Suspended, Act::Reinstate) => Ok(Self::Active),
            (Self::Invited | Self::Requested, Act::Decline) => Ok(Self::Declined),
            (Self::Active, Act::Suspend) => Ok(Self::Suspended),
            (Self::Active, Act::Leave)
            | (Self::Invited | Self::Requested | Self::Active | Self::Suspended, Act::End) => Ok(Self::Left),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }
}

crate::closed_set! {
    /// What a member does in a platform. Won't grow.
    pub enum MembershipRole {
        /// Leads the platform: invites, approves, suspends, records on behalf of others. A platform always has one.
        Facilitator = "FACILITATOR",
        /// Brings people together, and may register members and record on their behalf.
        Broker = "BROKER",
        /// Keeps the records, and may register members and record on their behalf.
        Secretary = "SECRETARY",
        /// Takes part: writes lessons, publishes a contact card, asks for introductions.
        Member = "MEMBER",
        /// Reads what members read, and writes nothing.
        Observer = "OBSERVER",
    }
}

impl MembershipRole {
    /// Whether it writes lessons, tries them, publishes contact cards and asks for introductions.
    #[must_use]
    pub const fn contributes(self) -> bool {
        !matches!(self, Self::Observer)
    }

    /// Whether an organisation may have it: the others are carried out by persons.
    #[must_use]
    pub const fn is_for_organisations(self) -> bool {
        matches!(self, Self::Member | Self::Observer)
    }

    /// Whether someone may have it from the day on which they are registered. More is for those who
    /// manage the platform to give.
    #[must_use]
    pub const fn is_for_registered(self) -> bool {
        matches!(self, Self::Member | Self::Observer)
    }

    /// Whether it registers members and records on behalf of others.
    #[must_use]
    pub const fn records_for_others(self) -> bool {
        matches!(self, Self::Facilitator | Self::Broker | Self::Secretary)
    }
}

crate::closed_set! {
    /// What part of the value chain, or of what surrounds it, a member comes from. May grow.
    pub enum ActorType {
        /// A farmer, fisher, forester or herder.
        Farmer = "FARMER",
        /// An organisation of producers, or someone who speaks for it.
        ProducerOrganisation = "PRODUCER_ORGANISATION",
        /// Processes the product.
        Processor = "PROCESSOR",
        /// Buys and sells it, exporters included.
        Trader = "TRADER",
        /// Supplies seed, fertiliser, machines, packaging.
        InputSupplier = "INPUT_SUPPLIER",
        /// Advises farmers.
        Extension = "EXTENSION",
        /// Does research.
        Research = "RESEARCH",
        /// Works for a government or a local authority.
        Official = "OFFICIAL",
        /// Lends, insures or invests.
        Finance = "FINANCE",
        /// Works for a non-governmental organisation.
        Ngo = "NGO",
        /// Works for an international organisation.
        InternationalOrganisation = "INTERNATIONAL_ORGANISATION",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;

    #[test]
    fn a_membership_does_exactly_the_steps_of_its_table() {
        use MembershipAction as Act;
        use MembershipStatus as S;
        let allowed = [
            (S::Invited, Act::Accept, S::Active),
            (S::Invited, Act::Decline, S::Declined),
            (S::Invited, Act::End, S::Left),
            (S::Requested, Act::Approve, S::Active),
            (S::Requested, Act::Decline, S::Declined),
            (S::Requested, Act::End, S::Left),
            (S::Active, Act::Suspend, S::Suspended),
            (S::Active, Act::Leave, S::Left),
            (S::Active, Act::End, S::Left),
            (S::Suspended, Act::Reinstate, S::Active),
            (S::Suspended, Act::End, S::Left),
            (S::Left, Act::Invite, S::Invited),
            (S::Left, Act::Request, S::Requested),
            (S::Declined, Act::Invite, S::Invited),
            (S::Declined, Act::Request, S::Requested),
        ];
        crate::transition::tests::exactly(&allowed, S::apply);
    }

    #[test]
    fn no_path_of_the_suspended_member_alone_leads_back_in() {
        let own = [
            MembershipAction::Accept,
            MembershipAction::Leave,
            MembershipAction::Request,
            MembershipAction::Decline,
        ];
        for action in own {
            assert!(MembershipStatus::Suspended.apply(action).is_err());
        }
    }

    #[test]
    fn every_role_but_the_observer_contributes_and_three_record_for_others() {
        let contributes: Vec<_> =
            MembershipRole::MEMBERS.iter().filter(|m| m.value.contributes()).map(|m| m.code).collect();
        assert_eq!(contributes, ["FACILITATOR", "BROKER", "SECRETARY", "MEMBER"]);
        let records: Vec<_> =
            MembershipRole::MEMBERS.iter().filter(|m| m.value.records_for_others()).map(|m| m.code).collect();
        assert_eq!(records, ["FACILITATOR", "BROKER", "SECRETARY"]);
        // What is given without those who manage the platform lets nobody record for others.
        for role in MembershipRole::MEMBERS.iter().map(|m| m.value) {
            assert!(!(role.is_for_registered() || role.is_for_organisations()) || !role.records_for_others());
        }
    }
}
