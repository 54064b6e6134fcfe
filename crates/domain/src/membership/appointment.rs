//! Appointments to the offices of the initiative.

use crate::time::Timestamp;

crate::closed_set! {
    /// An office of the initiative: in a country, in an FAO region, or in the secretariat. May grow.
    pub enum AppointmentKind {
        /// Speaks for the country: creates platforms, decides about members, reviews, endorses.
        NationalFocalPoint = "NATIONAL_FOCAL_POINT",
        /// Belongs to the country's task force: sees what its platforms and their members see, and decides nothing.
        NationalTaskForce = "NATIONAL_TASK_FORCE",
        /// Reviews lessons of the country.
        TechnicalOfficer = "TECHNICAL_OFFICER",
        /// Coordinates an FAO region: appoints its national focal points, reviews where a country can't.
        RegionalFocalPoint = "REGIONAL_FOCAL_POINT",
        /// Secretariat: heads it.
        ExecutiveSecretary = "EXECUTIVE_SECRETARY",
        /// Secretariat: stands in for its head.
        DeputyExecutiveSecretary = "DEPUTY_EXECUTIVE_SECRETARY",
        /// Secretariat: coordinates the initiative across regions.
        GlobalCoordinator = "GLOBAL_COORDINATOR",
        /// Secretariat: leads the technical work.
        LeadTechnicalOfficer = "LEAD_TECHNICAL_OFFICER",
        /// Secretariat: coordinates a project.
        ProjectCoordinator = "PROJECT_COORDINATOR",
        /// Secretariat: works on a project.
        ProjectOfficer = "PROJECT_OFFICER",
    }
}

crate::closed_set! {
    /// What an office is responsible for. Won't grow.
    pub enum AppointmentScope {
        /// One country: the appointment names it.
        Country = "COUNTRY",
        /// One FAO region: the appointment names it.
        Region = "REGION",
        /// All countries: the offices of the secretariat.
        Global = "GLOBAL",
    }
}

impl AppointmentKind {
    /// What the office is responsible for, and so what an appointment to it has to name.
    #[must_use]
    pub const fn scope(self) -> AppointmentScope {
        match self {
            Self::NationalFocalPoint | Self::NationalTaskForce | Self::TechnicalOfficer => {
                AppointmentScope::Country
            }
            Self::RegionalFocalPoint => AppointmentScope::Region,
            Self::ExecutiveSecretary
            | Self::DeputyExecutiveSecretary
            | Self::GlobalCoordinator
            | Self::LeadTechnicalOfficer
            | Self::ProjectCoordinator
            | Self::ProjectOfficer => AppointmentScope::Global,
        }
    }

    /// Whether it is an office of the secretariat.
    #[must_use]
    pub const fn is_secretariat(self) -> bool {
        matches!(self.scope(), AppointmentScope::Global)
    }
}

crate::closed_set! {
    /// Whether an appointment holds now. Derived from its dates. Won't grow.
    pub enum AppointmentStatus {
        /// Begins later.
        Scheduled = "SCHEDULED",
        /// Holds now.
        Current = "CURRENT",
        /// Has ended, or was cancelled before it began.
        Ended = "ENDED",
    }
}

impl AppointmentStatus {
    /// The status at an instant. An appointment holds from its start on, and no longer at its end; one
    /// that ends at its start was cancelled, and never holds.
    #[must_use]
    pub fn at(now: Timestamp, starts: Timestamp, ends: Option<Timestamp>) -> Self {
        if ends.is_some_and(|end| end <= now || end <= starts) {
            Self::Ended
        } else if starts > now {
            Self::Scheduled
        } else {
            Self::Current
        }
    }
}

/// When an appointment ends that is to end at this instant: not before it begins. One that hasn't begun
/// by then is cancelled: it ends at its start, so that its dates never contradict each other.
#[must_use]
pub fn end_at(starts: Timestamp, at: Timestamp) -> Timestamp {
    at.max(starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;

    #[test]
    fn every_office_is_of_a_country_a_region_or_the_secretariat() {
        let of = |scope: AppointmentScope| -> Vec<&str> {
            AppointmentKind::MEMBERS.iter().filter(|m| m.value.scope() == scope).map(|m| m.code).collect()
        };
        assert_eq!(
            of(AppointmentScope::Country),
            ["NATIONAL_FOCAL_POINT", "NATIONAL_TASK_FORCE", "TECHNICAL_OFFICER"]
        );
        assert_eq!(of(AppointmentScope::Region), ["REGIONAL_FOCAL_POINT"]);
        assert_eq!(of(AppointmentScope::Global).len(), 6);
        for office in AppointmentKind::MEMBERS {
            assert_eq!(office.value.is_secretariat(), office.description.starts_with("Secretariat:"));
        }
    }

    #[test]
    fn an_appointment_holds_from_its_start_until_its_end() {
        let at = Timestamp::from_micros;
        for (now, ends, expected) in [
            (9, None, AppointmentStatus::Scheduled),
            (10, None, AppointmentStatus::Current),
            (19, Some(20), AppointmentStatus::Current),
            (20, Some(20), AppointmentStatus::Ended),
            // Cancelled before it began.
            (9, Some(10), AppointmentStatus::Ended),
            (9, Some(5), AppointmentStatus::Ended),
        ] {
            assert_eq!(AppointmentStatus::at(at(now), at(10), ends.map(at)), expected, "{now} {ends:?}");
        }
    }

    #[test]
    fn an_appointment_never_ends_before_it_begins() {
        let at = Timestamp::from_micros;
        for (asked, ends) in [(9, 10), (10, 10), (11, 11)] {
            assert_eq!(end_at(at(10), at(asked)), at(ends));
        }
    }
}
