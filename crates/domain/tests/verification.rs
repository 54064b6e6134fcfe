//! Who may verify what is said of a replication, over every combination of what the rule asks.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::ReplicationStatus;
use maip_domain::policy::rules::lessons::REPLICATION;
use maip_domain::policy::{
    Action, Attribute, Decision, FactSet, Flag, Reason, Record, Related, ViewerFacts, decide,
};

const ME: &str = "account_me";

/// What may be so of a viewer; each is a bit of a number.
const PLANNED: usize = 1;
const SAID: usize = 1 << 1;
const WROTE: usize = 1 << 2;
const ORGANISATION: usize = 1 << 3;
const RECORDER: usize = 1 << 4;
const FOCAL: usize = 1 << 5;
const TECHNICAL: usize = 1 << 6;
const REGIONAL: usize = 1 << 7;
const SECRETARIAT: usize = 1 << 8;
const SIGNED_IN: usize = 1 << 9;
const ALL: usize = (1 << 10) - 1;

/// A viewer with these qualities, and the record as it is for them.
struct Case(usize);

impl Case {
    fn is(&self, any_of: usize) -> bool {
        self.0 & any_of != 0
    }

    fn record(&self, status: ReplicationStatus, level: &str) -> Record {
        let owner = if self.is(PLANNED) { ME } else { "account_other" };
        let mut record = Record::default()
            .with(Attribute::State, status.code())
            .with(Attribute::ParentState, "PUBLISHED")
            .with(Attribute::Visibility, "PUBLIC")
            .with(Attribute::Owner, owner)
            .with(Attribute::Platform, "platform_there")
            .with(Attribute::Country, "MWI")
            .with(Attribute::Region, "AFRICA")
            .with(Attribute::ReviewLevel, level);
        let one = |there: bool, value: &str| there.then(|| value.to_owned()).into_iter().collect();
        record.related.insert(Related::Triers, one(self.is(SAID), ME));
        record.related.insert(Related::Contributors, one(self.is(WROTE), ME));
        record.related.insert(Related::AuthoringOrganisations, one(true, "organisation_author"));
        record
    }

    fn viewer(&self) -> ViewerFacts {
        let mut viewer = ViewerFacts::anonymous();
        if !self.is(SIGNED_IN) {
            return viewer;
        }
        viewer.account = Some(ME.to_owned());
        viewer.flags.insert(Flag::Person);
        if self.is(SECRETARIAT) {
            viewer.flags.insert(Flag::Secretariat);
        }
        for (there, set, value) in [
            (self.is(ORGANISATION), FactSet::Organisations, "organisation_author"),
            (self.is(RECORDER), FactSet::RecorderPlatforms, "platform_there"),
            (self.is(FOCAL), FactSet::FocalCountries, "MWI"),
            (self.is(TECHNICAL), FactSet::TechnicalCountries, "MWI"),
            (self.is(REGIONAL), FactSet::FocalRegions, "AFRICA"),
        ] {
            if there {
                viewer.sets.insert(set, BTreeSet::from([value.to_owned()]));
            }
        }
        viewer
    }

    /// What is to come of it, said once more in other words.
    fn expected(&self, status: ReplicationStatus, level: &str) -> Decision {
        let national = self.is(FOCAL | TECHNICAL);
        let concluded = status.is_concluded() && status != ReplicationStatus::Verified;
        let concerned = self.is(PLANNED | SAID | WROTE | ORGANISATION | RECORDER);
        let reason = match () {
            () if !self.is(SIGNED_IN) => Reason::SignInNeeded,
            () if !(national || self.is(REGIONAL | SECRETARIAT)) => Reason::NotAReviewer,
            () if !concluded => Reason::WrongState,
            () if concerned => Reason::ConflictOfInterest,
            () if national => return Decision::Allowed,
            () if level == "COUNTRY" => Reason::CountryReviewsFirst,
            () if self.is(REGIONAL) || level == "SECRETARIAT" => return Decision::Allowed,
            () => Reason::RegionReviewsFirst,
        };
        Decision::Denied(reason)
    }
}

#[test]
fn only_someone_without_a_part_in_it_verifies_what_is_concluded() {
    let mut allowed = 0;
    for bits in 0..=ALL {
        let case = Case(bits);
        let viewer = case.viewer();
        for status in ReplicationStatus::MEMBERS.iter().map(|member| member.value) {
            for level in ["COUNTRY", "REGION", "SECRETARIAT"] {
                let record = case.record(status, level);
                let decision = decide(&REPLICATION, Action::Verify, &record, &viewer);
                assert_eq!(decision, case.expected(status, level), "{bits:b} {} {level}", status.code());
                allowed += usize::from(decision == Decision::Allowed);
            }
        }
    }
    assert!(allowed > 0);
}

#[test]
fn those_who_try_it_say_what_they_saw_until_it_is_concluded() {
    for status in ReplicationStatus::MEMBERS.iter().map(|member| member.value) {
        for bits in 0..8 {
            let [planned, facilitates, member] = [1, 2, 4].map(|bit| bits & bit != 0);
            let case = Case(SIGNED_IN | if planned { PLANNED } else { 0 });
            let mut viewer = case.viewer();
            for (there, set) in
                [(facilitates, FactSet::FacilitatedPlatforms), (member, FactSet::ContributorPlatforms)]
            {
                if there {
                    viewer.sets.insert(set, BTreeSet::from(["platform_there".to_owned()]));
                }
            }
            let expected = match () {
                () if !planned && !facilitates => Decision::Denied(Reason::NotAllowed),
                () if !member => Decision::Denied(Reason::MembershipNeeded),
                () if status.is_concluded() => Decision::Denied(Reason::WrongState),
                () => Decision::Allowed,
            };
            for action in [Action::RecordTrial, Action::Update] {
                let decision = decide(&REPLICATION, action, &case.record(status, "COUNTRY"), &viewer);
                assert_eq!(decision, expected, "{action:?} {} {bits:b}", status.code());
            }
        }
    }
}

#[test]
fn a_verifier_sees_what_is_concluded_of_a_lesson_that_is_hidden_from_them() {
    for status in ReplicationStatus::MEMBERS.iter().map(|member| member.value) {
        let case = Case(SIGNED_IN | FOCAL);
        let hidden = case.record(status, "COUNTRY").with(Attribute::Visibility, "PRIVATE");
        let decision = decide(&REPLICATION, Action::Verify, &hidden, &case.viewer());
        assert_eq!(decision == Decision::Hidden, !status.is_concluded(), "{}", status.code());
    }
}
