//! Appointments.

use maip_domain::id::AccountId;
use maip_domain::membership::appointment::{AppointmentKind, AppointmentStatus};
use maip_domain::policy::Attribute;
use maip_domain::policy::rules::membership::APPOINTMENT as APPOINTMENT_POLICY;
use maip_domain::vocabulary::Region;

use crate::identity::read::ACCOUNT;
use crate::read::declare::{
    Entity, FilterType, Scalar, Sort, by_number, by_text, closed, field, filter, one, optional, visible,
};
use crate::vocabulary::read::COUNTRY;

/// As [`AppointmentStatus::at`] has it.
macro_rules! status {
    () => {
        "CASE WHEN {t}.ends_at <= {now} OR {t}.ends_at <= {t}.starts_at THEN 'ENDED' \
         WHEN {t}.starts_at > {now} THEN 'SCHEDULED' ELSE 'CURRENT' END"
    };
}

/// An appointment.
pub static APPOINTMENT: Entity = Entity {
    name: "Appointment",
    description: "The appointment of a person to an office of the initiative: in a country, in an FAO region or \
                  in the secretariat.",
    prefix: Some("appointment"),
    table: "appointments",
    key: "id",
    policy: &APPOINTMENT_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::Owner, "{t}.account_id"),
        (Attribute::Role, "{t}.kind"),
        (Attribute::Country, "{t}.country_code"),
        (Attribute::Region, "COALESCE({t}.region, {t}.country_region)"),
        (Attribute::State, APPOINTMENT_STATUS),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("kind", Scalar::Enum(closed::<AppointmentKind>), "{t}.kind", "The office."),
        field(
            "status",
            Scalar::Enum(closed::<AppointmentStatus>),
            APPOINTMENT_STATUS,
            "Whether it holds now.",
        ),
        optional(
            "region",
            Scalar::Enum(closed::<Region>),
            "{t}.region",
            "The FAO region of a regional office; null for others.",
        ),
        field("startsAt", Scalar::Instant, "{t}.starts_at", "From when it holds."),
        optional(
            "endsAt",
            Scalar::Instant,
            "{t}.ends_at",
            "When it ends or ended; null while no end is set. Never before it begins: one that was cancelled \
             before ends at its start.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was made."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one(
            "account",
            &ACCOUNT,
            true,
            "{t}.id = {p}.account_id",
            "Who holds the office; null for someone whom you may not see.",
        ),
        one(
            "country",
            &COUNTRY,
            true,
            "{t}.id = {p}.country_id",
            "The country of a national office; null for others.",
        ),
    ],
    filters: &[
        filter(
            "kind",
            FilterType::AnyOf(Scalar::Enum(closed::<AppointmentKind>)),
            "{t}.kind IN {in}",
            "To one of these offices.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_code IN {in}",
            "In one of these countries.",
        ),
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "COALESCE({t}.region, {t}.country_region) IN {in}",
            "In one of these FAO regions, or in a country there.",
        ),
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<AppointmentStatus>)),
            concat!(status!(), " IN {in}"),
            "That hold now, have ended (or were cancelled), or begin later.",
        ),
        visible(
            "account",
            FilterType::Ids(AccountId::PREFIX),
            &ACCOUNT,
            "{t}.id = {p}.account_id AND {t}.id IN {in}",
            "Of one of these people, as far as you may see them.",
        ),
    ],
    sorts: &[Sort {
        code: "STARTS_AT",
        description: "By their start, latest first.",
        columns: &[by_number("{t}.sort_at"), by_text("{t}.id")],
        descending: true,
    }],
};

const APPOINTMENT_STATUS: &str = status!();
