//! What every closed set keeps to, since frontend authors read it as it is.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet;

fn keeps_to_the_rules<T: ClosedSet>() {
    let name = T::NAME;
    assert!(
        ["Won't grow.", "ay grow.", "ay grow;"].iter().any(|said| T::DESCRIPTION.contains(said)),
        "{name} doesn't say whether it may grow: {}",
        T::DESCRIPTION
    );
    let mut codes = BTreeSet::new();
    for member in T::MEMBERS {
        assert!(codes.insert(member.code), "{name}.{} is there twice", member.code);
        assert!(
            member.code.starts_with(|c: char| c.is_ascii_uppercase())
                && member.code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'),
            "{name}.{} isn't a name of an enum value",
            member.code
        );
        assert!(member.description.ends_with('.'), "{name}.{}: {}", member.code, member.description);
        assert!(T::from_code(member.code).is_some_and(|value| value == member.value));
        assert_eq!(member.value.code(), member.code);
        assert!(T::from_code(&member.code.to_lowercase()).is_none());
    }
}

macro_rules! check {
    ($($set:path),+ $(,)?) => {
        #[test]
        fn every_closed_set_has_distinct_codes_and_useful_descriptions() {
            $(keeps_to_the_rules::<$set>();)+
        }
    };
}

check![
    maip_domain::cooperation::ConsentAudience,
    maip_domain::cooperation::ContactCardStatus,
    maip_domain::cooperation::ContactField,
    maip_domain::cooperation::DetailsStatus,
    maip_domain::cooperation::IntroductionAction,
    maip_domain::cooperation::IntroductionSide,
    maip_domain::cooperation::IntroductionStatus,
    maip_domain::cooperation::contact::ContactCardAction,
    maip_domain::identity::AccountAction,
    maip_domain::identity::AccountStatus,
    maip_domain::identity::AgeGroup,
    maip_domain::identity::CodeDelivery,
    maip_domain::identity::CodePurpose,
    maip_domain::identity::LoginKind,
    maip_domain::identity::OrganisationKind,
    maip_domain::identity::Scope,
    maip_domain::identity::Sex,
    maip_domain::lessons::AttachmentAction,
    maip_domain::lessons::AttachmentKind,
    maip_domain::lessons::AttachmentRefusal,
    maip_domain::lessons::AttachmentState,
    maip_domain::lessons::Attribution,
    maip_domain::lessons::ContributorPart,
    maip_domain::lessons::LessonStatus,
    maip_domain::lessons::MissingField,
    maip_domain::lessons::Outcome,
    maip_domain::lessons::PeopleShown,
    maip_domain::lessons::ReplicationAction,
    maip_domain::lessons::ReplicationConclusion,
    maip_domain::lessons::ReplicationStatus,
    maip_domain::lessons::ReviewEntryKind,
    maip_domain::lessons::LessonPart,
    maip_domain::lessons::TextOrigin,
    maip_domain::lessons::TranslationAction,
    maip_domain::lessons::TranslationOrigin,
    maip_domain::lessons::TranslationRequestAction,
    maip_domain::lessons::TranslationRequestStatus,
    maip_domain::lessons::TranslationStatus,
    maip_domain::lessons::VersionAction,
    maip_domain::lessons::VersionState,
    maip_domain::membership::ActorType,
    maip_domain::membership::AppointmentKind,
    maip_domain::membership::AppointmentScope,
    maip_domain::membership::AppointmentStatus,
    maip_domain::membership::MembershipAction,
    maip_domain::membership::MembershipRole,
    maip_domain::membership::MembershipStatus,
    maip_domain::membership::PlatformStage,
    maip_domain::visibility::Visibility,
    maip_domain::vocabulary::Region,
    maip_domain::vocabulary::WritingDirection,
];
